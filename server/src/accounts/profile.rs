//! What people say about themselves, as they write it and as it is stored.

use crate::platform::problem::Problem;
use serde::{Deserialize, Serialize};

/// Age bands, as the column `age` of Common Voice spells them, and as people read them.
pub const AGES: [(&str, &str); 9] = [
    ("teens", "Under 20"),
    ("twenties", "20 to 29"),
    ("thirties", "30 to 39"),
    ("fourties", "40 to 49"),
    ("fifties", "50 to 59"),
    ("sixties", "60 to 69"),
    ("seventies", "70 to 79"),
    ("eighties", "80 to 89"),
    ("nineties", "90 or older"),
];

/// Genders, as the column `gender` of Common Voice spells them, and as people read them.
pub const GENDERS: [(&str, &str); 5] = [
    ("female_feminine", "Female, feminine"),
    ("male_masculine", "Male, masculine"),
    ("non-binary", "Non-binary"),
    ("intersex", "Intersex"),
    ("transgender", "Transgender"),
];

/// Languages that the form offers: BCP 47 tag and name. Any other may be written.
pub const LANGUAGES: [(&str, &str); 24] = [
    ("ar", "Arabic"),
    ("bn", "Bengali"),
    ("zh", "Chinese"),
    ("cs", "Czech"),
    ("nl", "Dutch"),
    ("en", "English"),
    ("fr", "French"),
    ("de", "German"),
    ("el", "Greek"),
    ("hi", "Hindi"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("fa", "Persian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("es", "Spanish"),
    ("sw", "Swahili"),
    ("sv", "Swedish"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("vi", "Vietnamese"),
];

/// Longest accent or language, in characters.
const ABOUT_MAX: usize = 100;

/// What somebody says about themselves, each of it only if they like. Personal data: released
/// only in groups of at least eleven people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Profile {
    /// Age band: a word of [`AGES`].
    #[serde(default)]
    pub age: Option<String>,
    /// Gender: a word of [`GENDERS`].
    #[serde(default)]
    pub gender: Option<String>,
    /// Accent in their own words, up to 100 characters.
    #[serde(default)]
    pub accent: Option<String>,
    /// First language: BCP 47 tag, or a name of up to 100 characters.
    #[serde(default)]
    pub first_language: Option<String>,
    /// Where they live: ISO 3166-1 alpha-2, such as `CH`, or ISO 3166-2, such as `US-CA`. It may raise
    /// their least hourly pay, and does nothing else.
    #[serde(default)]
    pub region: Option<String>,
}

impl Profile {
    /// The same as it is stored: without what was left empty, and the languages of [`LANGUAGES`] by their tag.
    ///
    /// # Errors
    /// 422 `invalid_age`, `invalid_gender`, `invalid_accent`, `invalid_first_language`, `invalid_region`.
    pub fn parse(self) -> Result<Self, Problem> {
        let age = word(self.age, &AGES)
            .ok_or_else(|| Problem::invalid("invalid_age", "Choose an age group of the list, or leave it empty."))?;
        let gender = word(self.gender, &GENDERS)
            .ok_or_else(|| Problem::invalid("invalid_gender", "Choose a gender of the list, or leave it empty."))?;
        let accent = line(self.accent).ok_or_else(|| {
            Problem::invalid("invalid_accent", "Describe your accent in at most 100 characters, or leave it empty.")
        })?;
        let language = line(self.first_language).ok_or_else(|| {
            let detail = "Name your first language in at most 100 characters, or leave it empty.";
            Problem::invalid("invalid_first_language", detail)
        })?;
        let first_language = language.map(|language| {
            let lower = language.to_lowercase();
            let known = LANGUAGES.iter().find(|(tag, name)| *tag == lower || name.to_lowercase() == lower);
            known.map_or(language, |(tag, _)| (*tag).to_owned())
        });
        let region = self.region.map(|text| text.trim().to_uppercase()).filter(|text| !text.is_empty());
        if region.as_deref().is_some_and(|text| !is_region(text)) {
            let detail = "Give your country as two letters, such as CH, if you like with its part, such as US-CA; or leave it empty.";
            return Err(Problem::invalid("invalid_region", detail));
        }
        Ok(Self { age, gender, accent, first_language, region })
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a text is written as ISO 3166-1 alpha-2 or ISO 3166-2 writes regions.
pub fn is_region(text: &str) -> bool {
    let (country, part) = text.split_once('-').unwrap_or((text, "A"));
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=3).contains(&part.len())
        && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A word of a list, or nothing; `None` for any other.
fn word(given: Option<String>, list: &[(&str, &str)]) -> Option<Option<String>> {
    match given.filter(|given| !given.is_empty()) {
        None => Some(None),
        Some(given) => list.iter().any(|(word, _)| *word == given).then_some(Some(given)),
    }
}

/// A line of text with single spaces, or nothing; `None` when it is too long or has control characters.
fn line(given: Option<String>) -> Option<Option<String>> {
    let text = given.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = text.chars().count() <= ABOUT_MAX && !text.chars().any(char::is_control);
    whole.then_some(Some(text).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_empty_is_not_said_and_a_known_language_is_its_tag() {
        let given = |text: &str| Some(text.to_owned());
        let profile = Profile {
            age: given(""),
            gender: given("non-binary"),
            accent: given("  Swiss \n German "),
            first_language: given("german"),
            region: given(" us-ca "),
        };
        let stored = profile.parse().expect("a profile");
        assert_eq!(stored.age, None);
        assert_eq!((stored.accent.as_deref(), stored.first_language.as_deref()), (Some("Swiss German"), Some("de")));
        assert_eq!(stored.region.as_deref(), Some("US-CA"));
        for bad in ["Switzerland", "C", "CH-", "CH-ZURI", "1H"] {
            let moved = Profile { region: given(bad), ..Profile::default() };
            assert_eq!(moved.parse().expect_err(bad).code, "invalid_region");
        }
        let long = Profile { accent: given(&"x".repeat(101)), ..Profile::default() };
        assert_eq!(long.parse().expect_err("too long").code, "invalid_accent");
        let banded = Profile { age: given("forty"), ..Profile::default() };
        assert_eq!(banded.parse().expect_err("no band").code, "invalid_age");
    }
}
