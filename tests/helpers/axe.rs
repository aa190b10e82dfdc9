//! axe-core on the page as it stands: what automatic checks of accessibility find.

use super::browser::Browser;

const AXE: &str = include_str!("../vendor/axe-core/axe.min.js");

/// Runs the rules of WCAG 2.0 to 2.2, levels A and AA.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
    axe.run(document, { runOnly: tags }).then(
        (found) => done(found.violations.flatMap((rule) => rule.nodes.map(
            (node) => `${rule.id} at ${node.target.join(' ')}: ${node.failureSummary}`))),
        (error) => done([`axe failed: ${error}`]));";

impl Browser {
    /// Fails with everything that hinders somebody in the page's present state. With `SAYSO_SHOTS` it also
    /// leaves a picture of the whole page in that folder.
    pub async fn is_accessible(&self, state: &str) {
        if let Ok(folder) = std::env::var("SAYSO_SHOTS") {
            let width = self.script("return innerWidth", vec![]).await;
            self.screenshot(format!("{folder}/{}-{width}.png", state.replace(' ', "-"))).await;
        }
        if self.script("return typeof window.axe", vec![]).await == "undefined" {
            self.client.execute(AXE, vec![]).await.unwrap();
        }
        let found = self.client.execute_async(RUN, vec![]).await.unwrap();
        let found: Vec<String> = serde_json::from_value(found).expect("axe gives a list");
        assert!(found.is_empty(), "{state}:\n{}", found.join("\n"));
    }
}
