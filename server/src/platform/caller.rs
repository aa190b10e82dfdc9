//! Who is calling: guards that a handler takes as arguments, so no check can be forgotten.
//!
//! A middleware resolves the token and leaves a [`Caller`] with the request; these guards only
//! read it.

use super::{
    ids::{PersonId, SessionId},
    problem::Problem,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use std::{
    future::{Ready, ready},
    str::FromStr,
};

/// What a person may do. Everyone who signs up may record and judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Records and judges.
    Contributor,
    /// Also settles contested items.
    Reviewer,
    /// Also downloads releases.
    Researcher,
    /// May do everything.
    Admin,
}

impl Role {
    /// All roles, in the order of the forms.
    pub const ALL: [Role; 4] = [Role::Contributor, Role::Reviewer, Role::Researcher, Role::Admin];

    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Contributor => "contributor",
            Role::Reviewer => "reviewer",
            Role::Researcher => "researcher",
            Role::Admin => "admin",
        }
    }

    /// Whether this role includes what `needed` may do.
    pub fn includes(self, needed: Role) -> bool {
        self == Role::Admin || needed == Role::Contributor || self == needed
    }
}

impl FromStr for Role {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or(())
    }
}

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub person: PersonId,
    /// The log-in that the request belongs to.
    pub session: SessionId,
    /// Name as the person wrote it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether a cookie said so, which a foreign page could make a browser send.
    pub by_cookie: bool,
}

impl Caller {
    /// The caller of a request, if anybody is signed in.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// The caller, if their role is large enough.
    ///
    /// # Errors
    /// 401 when nobody is signed in, 403 when the role is too small.
    pub fn with(request: &HttpRequest, needed: Role) -> Result<Self, Problem> {
        let caller = Self::of(request).ok_or_else(Problem::unauthenticated)?;
        if caller.role.includes(needed) { Ok(caller) } else { Err(Problem::forbidden()) }
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::with(request, Role::Contributor))
    }
}

macro_rules! guard {
    ($(#[$doc:meta])* $name:ident, $role:expr) => {
        $(#[$doc])*
        pub struct $name(pub Caller);

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;
            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(Caller::with(request, $role).map($name))
            }
        }
    };
}

guard!(
    /// May settle contested items.
    Reviewer, Role::Reviewer
);
guard!(
    /// May download releases.
    Researcher, Role::Researcher
);
guard!(
    /// May do everything.
    Admin, Role::Admin
);
