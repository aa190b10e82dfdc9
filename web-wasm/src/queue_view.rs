//! Shows the upload queue: how many takes wait, which were refused, and what can be done.

use crate::queue::Queue;
use crate::store;
use crate::take::Take;
use crate::words::sentences;
use crate::{dom, player};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The queue in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Takes still to be sent.
    pub waiting: usize,
    /// Takes that the server acknowledged since the page was loaded.
    pub sent: usize,
    /// Why nothing moves, in words.
    pub trouble: Option<String>,
    /// Whether a login would help.
    pub signed_out: bool,
}

impl Standing {
    /// The queue in one sentence or two; empty when there is nothing to tell.
    pub fn sentence(&self) -> String {
        let takes = |count: usize, what: &str| match count {
            0 => String::new(),
            1 => format!("1 take {what}."),
            n => format!("{n} takes {what}."),
        };
        let trouble = self.trouble.as_deref().filter(|_| self.waiting > 0);
        sentences(&[&takes(self.waiting, "waiting to be sent"), trouble.unwrap_or_default(), &takes(self.sent, "sent")])
    }
}

/// The element `#queue`.
pub struct Board {
    queue: Queue,
    shown: Option<(Standing, Vec<String>)>,
}

impl Board {
    /// A board whose buttons wake `queue`.
    pub fn new(queue: Queue) -> Board {
        Board { queue, shown: None }
    }

    /// Shows the queue. Pages without `#queue` get one at the end of `<main>` when there is
    /// something to tell.
    pub fn show(&mut self, standing: &Standing, refused: &[Take]) {
        let now = (standing.clone(), refused.iter().map(|take| take.id.clone()).collect());
        if self.shown.as_ref() == Some(&now) {
            return;
        }
        let sentence = standing.sentence();
        let silent = sentence.is_empty() && refused.is_empty();
        let Some(board) = dom::find("queue").or_else(|| if silent { None } else { build() }) else {
            return;
        };
        board.set_inner_html("");
        dom::set(&board, "data-waiting", &standing.waiting.to_string());
        dom::set(&board, "data-sent", &standing.sent.to_string());
        dom::set(&board, "data-refused", &refused.len().to_string());
        dom::show(&board, !silent);
        if !sentence.is_empty() {
            let line = dom::append(&board, "p", &sentence, &[]);
            if standing.signed_out && standing.waiting > 0 {
                line.append_with_str_1(" ").ok();
                dom::append(&line, "a", "Log in", &[("href", "/login")]);
            }
        }
        for take in refused {
            self.refusal(&board, take);
        }
        self.shown = Some(now);
    }

    /// One refused take: why, and what can be done with it.
    fn refusal(&self, board: &Element, take: &Take) {
        let why = take.refused.as_deref().unwrap_or_default();
        let text = format!("“{}” was not accepted: {why}", take.phrase);
        let id = take.id.as_str();
        let row = dom::append(board, "div", "", &[("class", "refused"), ("data-take", id)]);
        dom::append(&row, "p", &text, &[]);
        let of = |verb: &str| format!("{verb} the take of “{}”", take.phrase);
        let download = of("Download");
        let download = dom::append(
            &row,
            "button",
            "Download",
            &[("type", "button"), ("class", "secondary"), ("aria-label", &download)],
        );
        let (wanted, phrase) = (id.to_owned(), take.phrase.clone());
        dom::on(&download, "click", move |_| {
            dom::spawn(save(wanted.clone(), phrase.clone()));
        });
        let drop = of("Drop");
        let drop =
            dom::append(&row, "button", "Drop", &[("type", "button"), ("class", "secondary"), ("aria-label", &drop)]);
        let (unwanted, queue) = (id.to_owned(), self.queue.clone());
        let question = format!("Delete this take of “{}” for good?", take.phrase);
        dom::on(&drop, "click", move |_| {
            if dom::window().confirm_with_message(&question) == Ok(true) {
                let (unwanted, queue) = (unwanted.clone(), queue.clone());
                dom::spawn(async move {
                    store::delete(&unwanted).await.ok();
                    queue.wake();
                });
            }
        });
    }
}

fn build() -> Option<HtmlElement> {
    let main = dom::document().query_selector("main").ok()??;
    let attributes = [("id", "queue"), ("class", "queue"), ("role", "status")];
    dom::append(&main, "div", "", &attributes).dyn_into().ok()
}

/// Offers a take's WAV as a file; the bytes stay in the queue.
async fn save(id: String, phrase: String) {
    if let Ok(Some(wav)) = store::wav(&id).await {
        player::save(&wav, &phrase);
    }
}

#[cfg(test)]
mod tests {
    use super::Standing;

    #[test]
    fn counts_read_as_english() {
        let mut standing = Standing::default();
        assert_eq!(standing.sentence(), "");
        standing.waiting = 1;
        assert_eq!(standing.sentence(), "1 take waiting to be sent.");
        standing.waiting = 3;
        standing.sent = 1;
        let wanted = "3 takes waiting to be sent. 1 take sent.";
        assert_eq!(standing.sentence(), wanted);
    }

    #[test]
    fn trouble_is_only_told_while_something_waits() {
        let mut standing = Standing { waiting: 1, trouble: Some("No connection.".to_owned()), ..Standing::default() };
        assert_eq!(standing.sentence(), "1 take waiting to be sent. No connection.");
        standing.waiting = 0;
        assert_eq!(standing.sentence(), "");
    }
}
