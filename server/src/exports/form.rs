//! The form by which an administrator asks for a release: what somebody typed → what is asked for.

use super::model::{Filter, NewRelease, Variants};
use crate::platform::problem::Problem;
use dataset::anonymity::Access;
use dataset::augment::{Masks, Recipe};
use serde::Deserialize;
use std::str::FromStr;

/// The fields as they were typed; what is empty is not asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReleaseForm {
    version: String,
    access: Option<Access>,
    originals: Option<String>,
    real_only: Option<String>,
    probability_min: String,
    /// One phrase a line.
    keywords: String,
    seed: String,
    speed_percent: String,
    shift_ms: String,
    room_ms: String,
    noise_snr_db: String,
    gain_db: String,
    mask_bands: String,
    mask_bands_max: String,
    mask_frames: String,
    mask_frames_max: String,
    all_splits: Option<String>,
}

impl ReleaseForm {
    /// The release that is asked for.
    ///
    /// # Errors
    /// 422 `invalid_release` names the field that is no number.
    pub fn asked(&self) -> Result<NewRelease, Problem> {
        let recipe = self.recipe()?;
        let keywords = self.keywords.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        Ok(NewRelease {
            version: self.version.clone(),
            filter: Some(Filter {
                probability_min: number(&self.probability_min, "Lowest certainty", "0.95")?.unwrap_or(0.0),
                synthetic: self.real_only.is_none(),
                ..Filter::default()
            }),
            originals: Some(self.originals.is_some()),
            access: self.access,
            variants: recipe.map(|recipe| Variants { recipes: vec![recipe], all_splits: self.all_splits.is_some() }),
            keywords: Some(keywords.collect()),
            ..NewRelease::default()
        })
    }

    /// How a variant is made of each recording; `None` when nothing is to be done.
    fn recipe(&self) -> Result<Option<Recipe>, Problem> {
        let recipe = Recipe {
            seed: number(&self.seed, "Seed", "7")?.unwrap_or(0),
            speed_percent: number(&self.speed_percent, "Speed", "110")?,
            shift_ms: number(&self.shift_ms, "Shift", "100")?,
            room_ms: number(&self.room_ms, "Room", "300")?,
            noise_snr_db: number(&self.noise_snr_db, "Noise", "10")?,
            gain_db: number(&self.gain_db, "Gain", "-6")?,
            masks: self.masks()?,
        };
        let nothing = Recipe { seed: recipe.seed, ..Recipe::default() };
        Ok((recipe != nothing).then_some(recipe))
    }

    fn masks(&self) -> Result<Option<Masks>, Problem> {
        let masks = Masks {
            bands: number(&self.mask_bands, "Masks over bands", "2")?.unwrap_or(0),
            bands_max: number(&self.mask_bands_max, "Bands under a mask", "8")?.unwrap_or(0),
            frames: number(&self.mask_frames, "Masks over frames", "2")?.unwrap_or(0),
            frames_max: number(&self.mask_frames_max, "Frames under a mask", "20")?.unwrap_or(0),
        };
        Ok((masks != Masks::default()).then_some(masks))
    }
}

/// The number in a field; none when it is empty. A comma and a typographic minus are understood.
fn number<T: FromStr>(text: &str, field: &str, such_as: &str) -> Result<Option<T>, Problem> {
    let text = text.trim().replace(',', ".").replace('−', "-");
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| {
        let detail =
            format!("“{field}” takes a number such as {such_as}, or nothing; “{text}” is none that it can use.");
        Problem::invalid("invalid_release", detail)
    };
    text.parse().map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::ReleaseForm;

    #[test]
    fn an_empty_form_asks_for_no_variant_and_no_keywords() {
        let new = ReleaseForm { seed: "7".to_owned(), keywords: " \r\n".to_owned(), ..ReleaseForm::default() };
        let new = new.asked().unwrap();
        assert!(new.variants.is_none() && new.keywords.unwrap().is_empty());
        assert!(new.filter.unwrap().synthetic);
    }

    #[test]
    fn what_is_typed_is_asked_for() {
        let form = ReleaseForm {
            keywords: "Alexa\r\n  Hey Sayso \r\n".to_owned(),
            noise_snr_db: "7,5".to_owned(),
            gain_db: "−3".to_owned(),
            mask_frames: "2".to_owned(),
            mask_frames_max: "20".to_owned(),
            all_splits: Some("yes".to_owned()),
            ..ReleaseForm::default()
        };
        let new = form.asked().unwrap();
        assert_eq!(new.keywords.unwrap(), ["Alexa", "Hey Sayso"]);
        let variants = new.variants.unwrap();
        let recipe = &variants.recipes[0];
        assert_eq!((recipe.noise_snr_db, recipe.gain_db, recipe.speed_percent), (Some(7.5), Some(-3.0), None));
        let masks = recipe.masks.unwrap();
        assert_eq!((masks.bands, masks.frames, masks.frames_max, variants.all_splits), (0, 2, 20, true));
    }

    #[test]
    fn what_is_no_number_is_named() {
        let form = ReleaseForm { room_ms: "large".to_owned(), ..ReleaseForm::default() };
        let detail = form.asked().unwrap_err().detail;
        assert!(detail.contains("“Room”") && detail.contains("“large”") && detail.contains("300"), "{detail}");
    }
}
