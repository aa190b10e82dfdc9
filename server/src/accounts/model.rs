//! What an account is made of: values that are parsed once, at the door, and valid ever after.

pub use super::profile::{AGES, GENDERS, LANGUAGES, Profile, is_region};
use crate::platform::{
    caller::Role,
    ids::{PersonId, SessionId},
    problem::Problem,
};
use serde::{Deserialize, Serialize};

/// Shortest password (NIST SP 800-63B-4 §3.1.1.2 asks 15 without a second factor, 8 with; OWASP ASVS 5 V6.2.1: 8).
const PASSWORD_MIN: usize = 8;
/// Longest password: room for any passphrase, and a bound on hashing work.
const PASSWORD_MAX: usize = 256;
/// Passwords that everybody tries first.
const COMMON: [&str; 16] = [
    "password",
    "password1",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyui",
    "qwerty123",
    "11111111",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "welcome1",
    "adminadmin",
    "letmein1",
];

/// An e-mail address, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Accepts anything of the shape `someone@example.org` up to 254 bytes (RFC 5321 §4.5.3.1.3).
    ///
    /// # Errors
    /// 422 `invalid_email`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_lowercase();
        let whole = text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
        });
        if !whole || text.len() > 254 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Problem::invalid("invalid_email", "Give an e-mail address such as someone@example.org."));
        }
        Ok(Self(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name a person goes by here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// 1 to 80 characters without control characters.
    ///
    /// # Errors
    /// 422 `invalid_name`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 80 || text.chars().any(char::is_control) {
            return Err(Problem::invalid("invalid_name", "Give a name of 1 to 80 characters."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password on its way to the hash; never printed.
pub struct Password(pub(super) String);

impl Password {
    /// A password for a new account.
    ///
    /// # Errors
    /// 422 `weak_password` or `long_password`.
    pub fn parse_new(text: String) -> Result<Self, Problem> {
        if text.chars().count() < PASSWORD_MIN {
            return Err(Problem::invalid(
                "weak_password",
                "Choose a password of at least 8 characters; a sentence is best.",
            ));
        }
        if COMMON.contains(&text.to_lowercase().as_str()) {
            return Err(Problem::invalid(
                "weak_password",
                "This password is on every list of common ones. Choose another.",
            ));
        }
        Self::parse_given(text)
    }

    /// A password that somebody claims to have.
    ///
    /// # Errors
    /// 422 `long_password`.
    pub fn parse_given(text: String) -> Result<Self, Problem> {
        if text.len() > PASSWORD_MAX {
            return Err(Problem::invalid("long_password", "A password may have at most 256 bytes."));
        }
        Ok(Self(text))
    }
}

/// A person as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Log-in name.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// PHC string of argon2id.
    pub password_hash: String,
    /// Role as stored.
    pub role: String,
}

impl Person {
    /// What they may do; an unknown word in the database gives the smallest role.
    pub fn role(&self) -> Role {
        self.role.parse().unwrap_or(Role::Contributor)
    }
}

/// A log-in as stored, with its person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// The log-in.
    pub id: SessionId,
    /// Whose.
    pub person_id: PersonId,
    /// Shown name.
    pub name: String,
    /// Role as stored.
    pub role: String,
    /// SHA-256 of the refresh token that is valid now.
    pub refresh_hash: String,
    /// When it was rotated last, UTC microseconds.
    pub rotated_us: i64,
    /// When the log-in ends by itself, UTC microseconds.
    pub expires_us: i64,
    /// When it was ended, or 0.
    pub ended_us: i64,
}

/// Body of `POST /api/v1/accounts`, and of the sign-up form.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct NewAccount {
    /// E-mail address.
    pub email: String,
    /// At least 8 characters.
    pub password: String,
    /// Shown name.
    pub name: String,
    /// One-time token of the link that the first start prints; makes an administrator.
    #[serde(default)]
    pub setup_token: Option<String>,
}

/// Body of `POST /api/v1/sessions`, and of the log-in form.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Credentials {
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Page to show afterwards; forms only.
    #[serde(default)]
    pub next: Option<String>,
}

/// Body of `POST /api/v1/sessions/refresh`.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct RefreshBody {
    /// The refresh token that came with the last access token.
    pub refresh_token: String,
}

/// Tokens of a log-in.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Tokens {
    /// JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// When the access token ends, RFC 3339.
    pub expires_at: String,
    /// Works once; the reply to its use brings the next one.
    pub refresh_token: String,
    /// Person id.
    pub person: String,
    /// What they may do.
    pub role: Role,
}

/// An account as its owner and administrators see it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Account {
    /// Person id.
    pub id: String,
    /// E-mail address.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

impl From<Person> for Account {
    fn from(person: Person) -> Self {
        Self { role: person.role(), id: person.id.to_string(), email: person.email, name: person.name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_lower_case_and_has_a_host() {
        assert_eq!(Email::parse(" Ann@Example.ORG ").map(|email| email.0).ok().as_deref(), Some("ann@example.org"));
        for bad in ["", "ann", "ann@", "@example.org", "ann@host", "a b@example.org", "a@b@example.org"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_common_or_short_password_is_refused() {
        assert!(Password::parse_new("1234567".into()).is_err());
        assert!(Password::parse_new("PassWord".into()).is_err());
        assert!(Password::parse_new("four words, one sentence".into()).is_ok());
    }
}
