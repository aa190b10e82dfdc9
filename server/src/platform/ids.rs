//! Typed ids and the only source of randomness.
//!
//! Ids are UUIDv7 (RFC 9562 §5.7): unique without coordination and in order of creation, which
//! keeps indexes compact. They are stored as text, because that is the same on both databases.

use sha2::{Digest, Sha256};
use std::cell::Cell;
use uuid::Uuid;

tokio::task_local! {
    /// Seed, and how much was drawn: set inside of [`repeatable`] only.
    static REPEATABLE: (u64, Cell<u64>);
}

/// Runs a simulation in which ids and secrets are drawn from a seed, so that it can be repeated.
/// Nothing that it makes may ever protect anything.
pub async fn repeatable<F: Future>(seed: u64, work: F) -> F::Output {
    REPEATABLE.scope((seed, Cell::new(0)), work).await
}

/// The next 32 bytes of a simulation and how many were drawn before; `None` outside of one.
fn repeated() -> Option<([u8; 32], u64)> {
    let draw = |(seed, drawn): &(u64, Cell<u64>)| {
        let before = drawn.replace(drawn.get() + 1);
        (Sha256::digest([seed.to_le_bytes(), before.to_le_bytes()].concat()).into(), before)
    };
    REPEATABLE.try_with(draw).ok()
}

/// A fresh UUIDv7.
pub fn new_uuid() -> Uuid {
    match repeated() {
        None => Uuid::now_v7(),
        Some((bytes, before)) => {
            let mut random = [0; 10];
            random.copy_from_slice(&bytes[..10]);
            uuid::Builder::from_unix_timestamp_millis(before, &random).into_uuid()
        }
    }
}

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// When the operating system has no randomness to give: nothing could be done safely then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    if let Some((repeated, _)) = repeated() {
        bytes.iter_mut().zip(repeated.iter().cycle()).for_each(|(to, from)| *to = *from);
        return bytes;
    }
    getrandom::fill(&mut bytes).expect("the operating system provides randomness");
    bytes
}

/// 256 random bits as 64 hexadecimal digits: a bearer secret.
pub fn random_token() -> String {
    hex(&random_bytes::<32>())
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 as 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Declares a typed id over a UUID that is text in the database, in JSON and in URLs.
#[macro_export]
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A fresh id.
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self($crate::platform::ids::new_uuid())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(text.parse()?))
            }
        }

        impl<DB: sqlx::Database> sqlx::Type<DB> for $name
        where
            String: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as sqlx::Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <String as sqlx::Type<DB>>::compatible(ty)
            }
        }

        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $name
        where
            String: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut <DB as sqlx::Database>::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                sqlx::Encode::<DB>::encode(self.to_string(), buffer)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $name
        where
            String: sqlx::Decode<'r, DB>,
        {
            fn decode(
                value: <DB as sqlx::Database>::ValueRef<'r>,
            ) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(<String as sqlx::Decode<DB>>::decode(value)?.parse()?)
            }
        }
    };
}

typed_id!(
    /// A person with an account.
    PersonId
);
typed_id!(
    /// One log-in of one person.
    SessionId
);
