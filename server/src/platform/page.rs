//! Rendering pages: the layout's data, and error pages for people.

use super::{
    caller::{Caller, Role},
    csrf,
    problem::Problem,
    site::Site,
};
use actix_web::{
    Error, FromRequest, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
    web,
};
use askama::Template;
use std::future::{Ready, ready};

/// What every page's frame shows.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Name of the signed-in person; empty when nobody is.
    pub name: String,
    /// Their id; empty when nobody is signed in.
    pub person: String,
    /// Token for forms and API calls.
    pub csrf: String,
    /// May settle contested items.
    pub reviewer: bool,
    /// May download releases.
    pub researcher: bool,
    /// May do everything.
    pub admin: bool,
}

impl Layout {
    /// The layout for whoever sends `request`.
    pub fn of(request: &HttpRequest) -> Self {
        let (Some(caller), Some(site)) = (Caller::of(request), request.app_data::<web::Data<Site>>()) else {
            return Self::default();
        };
        Self {
            csrf: csrf::token(&site.secrets, &caller),
            person: caller.person.to_string(),
            reviewer: caller.role.includes(Role::Reviewer),
            researcher: caller.role.includes(Role::Researcher),
            admin: caller.role.includes(Role::Admin),
            name: caller.name,
        }
    }

    /// Whether anybody is signed in.
    pub fn signed_in(&self) -> bool {
        !self.person.is_empty()
    }
}

impl FromRequest for Layout {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// A page as a reply.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn show(page: &impl Template) -> Result<HttpResponse, Problem> {
    show_with(StatusCode::OK, page)
}

/// A page with a status of its own, such as a form sent back with its faults.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn show_with(status: StatusCode, page: &impl Template) -> Result<HttpResponse, Problem> {
    let html = page.render().map_err(Problem::internal)?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
}

/// After a form was taken: show another page (303, so that a reload sends nothing twice).
pub fn go(to: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to.as_ref())).finish()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    layout: Layout,
    problem: Problem,
}

/// Middleware: outside the API, problems become pages, and 401 leads to the log-in page.
///
/// # Errors
/// Passes on what the inner service fails with.
pub async fn problems_as_pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let reply = next.call(request).await?.map_into_boxed_body();
    let (request, response) = reply.into_parts();
    let problem = response.error().and_then(|error| error.as_error::<Problem>()).cloned();
    let (Some(problem), false) = (problem, request.path().starts_with("/api/")) else {
        return Ok(ServiceResponse::new(request, response));
    };
    let shown = if problem.status == StatusCode::UNAUTHORIZED && request.method() == "GET" {
        let next: String = url::form_urlencoded::byte_serialize(request.uri().to_string().as_bytes()).collect();
        go(format!("/login?next={next}"))
    } else {
        let page = ErrorPage { layout: Layout::of(&request), problem };
        show_with(page.problem.status, &page)?
    };
    Ok(ServiceResponse::new(request, shown))
}
