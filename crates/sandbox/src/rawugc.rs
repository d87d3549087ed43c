//! RawUGC: jobs that generate videos, pictures and music, edits and analyses of videos, a library, posts and research.
//! Every refusal is a problem (RFC 7807); every call counts against a limit per minute.

mod analyze;
mod books;
mod call;
mod characters;
mod edits;
mod form;
mod front;
mod jobs;
mod kinds;
mod library;
mod problem;
mod research;
mod script;
mod social;
mod upload;
mod viral;
mod window;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State as Extract},
    routing::{MethodFilter, on},
};

use crate::{simulated::Route, state::State};
pub(crate) use books::Books;
use call::Operation;
pub(crate) use front::refusal_of;
use kinds::{IMAGE, MUSIC, VIDEO};
use library::{MESSAGING, PERSONAS, PRODUCTS, STYLES};
use problem::Problem;
pub(crate) use upload::uploaded;

/// Every documented operation.
const OPERATIONS: [Operation; 50] = [
    Operation::spend("/videos/generate", |state, call| jobs::create(VIDEO, state, call)),
    Operation::read("GET", "/videos", |state, call| jobs::list(VIDEO, state, call)),
    Operation::read("GET", "/videos/{videoId}", |state, call| jobs::show(VIDEO, state, call)),
    Operation::block("/videos/captions", edits::caption),
    Operation::block("/videos/overlay", edits::overlay),
    Operation::spend("/images/generate", |state, call| jobs::create(IMAGE, state, call)),
    Operation::read("GET", "/images", |state, call| jobs::list(IMAGE, state, call)),
    Operation::read("GET", "/images/{imageId}", |state, call| jobs::show(IMAGE, state, call)),
    Operation::spend("/music/generate", |state, call| jobs::create(MUSIC, state, call)),
    Operation::read("GET", "/music", |state, call| jobs::list(MUSIC, state, call)),
    Operation::read("GET", "/music/{musicId}", |state, call| jobs::show(MUSIC, state, call)),
    Operation::block("/analyze-video", analyze::analyze),
    Operation::read("POST", upload::TEMPLATE, upload::keep),
    Operation::read("GET", "/characters", characters::list),
    Operation::read("GET", "/characters/{characterId}", characters::show),
    Operation::read("GET", "/personas", |state, call| library::list(PERSONAS, state, call)),
    Operation::spend("/personas", |state, call| library::create(PERSONAS, state, call)),
    Operation::read("GET", "/personas/{personaId}", |state, call| {
        library::show(PERSONAS, state, call)
    }),
    Operation::read("PATCH", "/personas/{personaId}", |state, call| {
        library::change(PERSONAS, state, call)
    }),
    Operation::read("DELETE", "/personas/{personaId}", |state, call| {
        library::remove(PERSONAS, state, call)
    }),
    Operation::read("GET", "/messaging", |state, call| library::list(MESSAGING, state, call)),
    Operation::spend("/messaging", |state, call| library::create(MESSAGING, state, call)),
    Operation::read("GET", "/messaging/{messageId}", |state, call| {
        library::show(MESSAGING, state, call)
    }),
    Operation::read("PATCH", "/messaging/{messageId}", |state, call| {
        library::change(MESSAGING, state, call)
    }),
    Operation::read("DELETE", "/messaging/{messageId}", |state, call| {
        library::remove(MESSAGING, state, call)
    }),
    Operation::read("GET", "/products", |state, call| library::list(PRODUCTS, state, call)),
    Operation::spend("/products", |state, call| library::create(PRODUCTS, state, call)),
    Operation::read("GET", "/products/{productId}", |state, call| {
        library::show(PRODUCTS, state, call)
    }),
    Operation::read("PATCH", "/products/{productId}", |state, call| {
        library::change(PRODUCTS, state, call)
    }),
    Operation::read("DELETE", "/products/{productId}", |state, call| {
        library::remove(PRODUCTS, state, call)
    }),
    Operation::read("GET", "/styles", |state, call| library::list(STYLES, state, call)),
    Operation::spend("/styles", |state, call| library::create(STYLES, state, call)),
    Operation::read("GET", "/styles/{styleId}", |state, call| library::show(STYLES, state, call)),
    Operation::read("PATCH", "/styles/{styleId}", |state, call| {
        library::change(STYLES, state, call)
    }),
    Operation::read("DELETE", "/styles/{styleId}", |state, call| {
        library::remove(STYLES, state, call)
    }),
    Operation::read("GET", "/social/accounts", social::accounts),
    Operation::read("POST", "/social/accounts", social::sync_accounts),
    Operation::read("DELETE", "/social/accounts/{accountId}", social::disconnect),
    Operation::read("GET", "/social/posts", social::posts),
    Operation::spend("/social/posts", social::create),
    Operation::read("GET", "/social/posts/{postId}", social::show),
    Operation::read("PATCH", "/social/posts/{postId}", social::change),
    Operation::read("DELETE", "/social/posts/{postId}", social::remove),
    Operation::read("POST", "/social/posts/{postId}/reschedule", social::reschedule),
    Operation::spend("/social/posts/{postId}/publish", social::publish),
    Operation::read("GET", "/viral-library/videos/{videoId}", viral::show),
    Operation::read("GET", "/viral-library/search", viral::search),
    Operation::block("/scrape-tiktok", research::scrape),
    Operation::block("/content-plans", research::plan),
    Operation::read("GET", "/content-plans", research::plans),
];

static TABLE: &[Operation] = &OPERATIONS;

pub(crate) const ROUTES: &[Route] = &{
    let mut routes = [OPERATIONS[0].route; OPERATIONS.len()];
    let mut number = 0;
    while number < routes.len() {
        routes[number] = OPERATIONS[number].route;
        number += 1;
    }
    routes
};

pub(crate) fn router() -> Router<Arc<State>> {
    let router = TABLE.iter().fold(Router::new(), |router, operation| {
        let filter = match operation.route.method {
            "GET" => MethodFilter::GET,
            "POST" => MethodFilter::POST,
            "PATCH" => MethodFilter::PATCH,
            _ => MethodFilter::DELETE,
        };
        let serve = move |Extract(state): Extract<Arc<State>>, request: Request| {
            front::serve(state, operation, request)
        };
        router.route(operation.route.template, on(filter, serve))
    });
    router
        .method_not_allowed_fallback(
            async |Extract(state): Extract<Arc<State>>, request: Request| {
                front::nowhere(&state, &request, Problem::wrong_method())
            },
        )
        .fallback(async |Extract(state): Extract<Arc<State>>, request: Request| {
            front::nowhere(&state, &request, Problem::not_found("path"))
        })
        // Uploads are larger than Axum takes by itself; each operation has limits of its own.
        .layer(DefaultBodyLimit::disable())
}
