//! All fifty documented endpoints in one table: forms, collections, requests and readings are made from it.

use std::{sync::LazyLock, time::Duration};

use shiwen_core::{Collection, CollectionCall, Form, Item, Operation, Verb};
use shiwen_http::{Method, Purpose};

use super::{
    ID, fields,
    items::{account, character, message, persona, post, product, style},
    jobs::{image, music, video},
    research::{plan_line, viral},
};
use crate::{
    Endpoint,
    form::{self, FieldSpec},
    lenient::Fields,
};

/// What an endpoint is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Create(Operation),
    Call(&'static str, Verb),
    Upload,
}

/// What its answer holds.
#[derive(Clone, Copy)]
pub(super) enum Gives {
    /// Read where tasks are read.
    Task,
    /// Several items under this name.
    List(&'static str, ReadItem),
    /// Items under `results[].video`, each with a `score`.
    Found(ReadItem),
    /// One item, not wrapped.
    One(ReadItem),
    /// The id of what was made.
    Id,
    /// That it is done; perhaps the item as it is now.
    Done(Option<ReadItem>),
}

pub(super) type ReadItem = fn(Fields<'_>) -> Option<Item>;

/// One endpoint.
pub(super) struct Row {
    pub(super) by: By,
    pub(super) method: Method,
    /// With `{…}` for the id.
    pub(super) path: &'static str,
    /// In the query of a GET, in the body of everything else.
    pub(super) fields: &'static [FieldSpec],
    costs: &'static [(&'static str, u32)],
    pub(super) purpose: Purpose,
    seconds: u64,
    /// It cannot be taken back, or others see it.
    ask: bool,
    pub(super) gives: Gives,
}

impl Row {
    pub(super) fn form(&self) -> Form {
        let operation = match self.by {
            By::Create(operation) => Some(operation),
            By::Call(..) | By::Upload => None,
        };
        form::form(ID, operation, self.fields, self.costs)
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// What a caller names this endpoint by.
    fn function(&self) -> String {
        match self.by {
            By::Create(operation) => format!("create {operation}"),
            By::Call(collection, Verb::Get) => match followed_in(collection) {
                Some(operation) => format!("follow {operation}, call {collection} get"),
                None => format!("call {collection} get"),
            },
            By::Call(collection, verb) => format!("call {collection} {verb}"),
            By::Upload => "upload".to_owned(),
        }
    }
}

/// A job that is accepted; more time than its answer needs, since one that is missed is a question to the user.
const fn job(operation: Operation, path: &'static str, fields: &'static [FieldSpec]) -> Row {
    Row {
        by: By::Create(operation),
        method: Method::Post,
        path,
        fields,
        costs: &[],
        purpose: Purpose::Spend,
        seconds: 60,
        ask: false,
        gives: Gives::Task,
    }
}

/// A job whose answer is its result: it takes as long as the work.
const fn blocking(operation: Operation, path: &'static str, fields: &'static [FieldSpec]) -> Row {
    Row { seconds: 180, ..job(operation, path, fields) }
}

const fn costing(row: Row, costs: &'static [(&'static str, u32)]) -> Row {
    Row { costs, ..row }
}

const fn call(collection: &'static str, verb: Verb, path: &'static str, gives: Gives) -> Row {
    Row {
        by: By::Call(collection, verb),
        method: Method::Get,
        path,
        fields: &[],
        costs: &[],
        purpose: Purpose::Read,
        seconds: 20,
        ask: false,
        gives,
    }
}

const fn list(of: &'static str, path: &'static str, key: &'static str, item: ReadItem) -> Row {
    call(of, Verb::List, path, Gives::List(key, item))
}

const fn get(of: &'static str, path: &'static str, item: ReadItem) -> Row {
    call(of, Verb::Get, path, Gives::One(item))
}

/// Sent again it would make a second one.
const fn add(of: &'static str, path: &'static str, fields: &'static [FieldSpec]) -> Row {
    let row = call(of, Verb::Create, path, Gives::Id);
    Row { method: Method::Post, purpose: Purpose::Spend, seconds: 60, ..taking(row, fields) }
}

/// Sent again it leaves everything as it is.
const fn change(
    of: &'static str,
    path: &'static str,
    fields: &'static [FieldSpec],
    item: ReadItem,
) -> Row {
    let row = call(of, Verb::Update, path, Gives::Done(Some(item)));
    Row { method: Method::Patch, seconds: 30, ..taking(row, fields) }
}

const fn remove(of: &'static str, path: &'static str) -> Row {
    let row = call(of, Verb::Delete, path, Gives::Done(None));
    Row { method: Method::Delete, seconds: 30, ask: true, ..row }
}

const fn posted(row: Row) -> Row {
    Row { method: Method::Post, seconds: 30, ..row }
}

/// Seen by others, now or later.
const fn published(row: Row) -> Row {
    Row { purpose: Purpose::Spend, seconds: 60, ask: true, ..posted(row) }
}

const fn taking(row: Row, fields: &'static [FieldSpec]) -> Row {
    Row { fields, ..row }
}

#[rustfmt::skip]
static TABLE: [Row; 50] = [
    costing(blocking(Operation::Analyze, "/analyze-video", fields::ANALYZE), &[("", 1)]),
    job(Operation::GenerateVideo, "/videos/generate", fields::VIDEO),
    costing(job(Operation::GenerateImage, "/images/generate", fields::IMAGE), fields::IMAGE_COSTS),
    costing(job(Operation::GenerateMusic, "/music/generate", fields::MUSIC), fields::MUSIC_COSTS),
    costing(blocking(Operation::Captions, "/videos/captions", fields::CAPTIONS), &[("", 1)]),
    blocking(Operation::Overlay, "/videos/overlay", fields::OVERLAY),
    costing(blocking(Operation::Scrape, "/scrape-tiktok", fields::SCRAPE), &[("", 3)]),
    costing(blocking(Operation::Plan, "/content-plans", fields::PLAN), &[("", 3)]),
    // The file itself is no field; sent twice, one copy is left over.
    Row { by: By::Upload, ..posted(call("", Verb::Create, "/upload", Gives::Task)) },
    taking(list("videos", "/videos", "videos", video), fields::VIDEO_LIST),
    get("videos", "/videos/{videoId}", video),
    taking(list("images", "/images", "images", image), fields::SHORT_LIST),
    get("images", "/images/{imageId}", image),
    taking(list("music", "/music", "tracks", music), fields::SHORT_LIST),
    get("music", "/music/{musicId}", music),
    list("characters", "/characters", "characters", character),
    get("characters", "/characters/{characterId}", character),
    list("personas", "/personas", "personas", persona),
    get("personas", "/personas/{personaId}", persona),
    add("personas", "/personas", fields::NEW_PERSONA),
    change("personas", "/personas/{personaId}", fields::PERSONA, persona),
    remove("personas", "/personas/{personaId}"),
    list("messaging", "/messaging", "messages", message),
    get("messaging", "/messaging/{messageId}", message),
    add("messaging", "/messaging", fields::NEW_MESSAGE),
    change("messaging", "/messaging/{messageId}", fields::MESSAGE, message),
    remove("messaging", "/messaging/{messageId}"),
    list("products", "/products", "products", product),
    get("products", "/products/{productId}", product),
    add("products", "/products", fields::NEW_PRODUCT),
    change("products", "/products/{productId}", fields::PRODUCT, product),
    remove("products", "/products/{productId}"),
    taking(list("styles", "/styles", "styles", style), fields::STYLE_LIST),
    get("styles", "/styles/{styleId}", style),
    add("styles", "/styles", fields::NEW_STYLE),
    change("styles", "/styles/{styleId}", fields::STYLE, style),
    remove("styles", "/styles/{styleId}"),
    list("accounts", "/social/accounts", "accounts", account),
    posted(call("accounts", Verb::Refresh, "/social/accounts", Gives::Done(None))),
    remove("accounts", "/social/accounts/{accountId}"),
    taking(list("posts", "/social/posts", "posts", post), fields::POST_LIST),
    get("posts", "/social/posts/{postId}", post),
    published(taking(call("posts", Verb::Create, "/social/posts", Gives::One(post)), fields::NEW_POST)),
    change("posts", "/social/posts/{postId}", fields::POST, post),
    remove("posts", "/social/posts/{postId}"),
    posted(taking(call("posts", Verb::Reschedule, "/social/posts/{postId}/reschedule", Gives::Done(Some(post))), fields::RESCHEDULE)),
    published(call("posts", Verb::Publish, "/social/posts/{postId}/publish", Gives::Done(Some(post)))),
    get("viral", "/viral-library/videos/{videoId}", viral),
    taking(call("viral", Verb::Search, "/viral-library/search", Gives::Found(viral)), fields::VIRAL_SEARCH),
    list("plans", "/content-plans", "plans", plan_line),
];

pub(super) fn row(by: By) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.by == by)
}

pub(super) fn called(collection: &str, verb: Verb) -> Option<&'static Row> {
    TABLE.iter().find(|row| match row.by {
        By::Call(of, does) => of == collection && does == verb,
        By::Create(_) | By::Upload => false,
    })
}

/// The collection in which the jobs of an operation are. An edit is a version of its video.
pub(super) fn collection_of(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::GenerateVideo | Operation::Captions | Operation::Overlay => Some("videos"),
        Operation::GenerateImage => Some("images"),
        Operation::GenerateMusic => Some("music"),
        _ => None,
    }
}

fn followed_in(collection: &str) -> Option<Operation> {
    let jobs = [Operation::GenerateVideo, Operation::GenerateImage, Operation::GenerateMusic];
    jobs.into_iter().find(|operation| collection_of(*operation) == Some(collection))
}

pub(super) fn forms() -> &'static [Form] {
    static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
        TABLE.iter().map(Row::form).filter(|form| form.operation.is_some()).collect()
    });
    &FORMS
}

pub(super) fn collections() -> &'static [Collection] {
    static COLLECTIONS: LazyLock<Vec<Collection>> = LazyLock::new(|| {
        let mut collections: Vec<Collection> = Vec::new();
        for row in &TABLE {
            let By::Call(name, verb) = row.by else { continue };
            let call = CollectionCall { verb, form: row.form(), ask: row.ask };
            match collections.last_mut().filter(|last| last.name == name) {
                Some(last) => last.calls.push(call),
                None => collections.push(Collection {
                    provider: ID,
                    name: name.to_owned(),
                    calls: vec![call],
                }),
            }
        }
        collections
    });
    &COLLECTIONS
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    static FUNCTIONS: LazyLock<Vec<String>> =
        LazyLock::new(|| TABLE.iter().map(Row::function).collect());
    let endpoint = |(row, function): (&Row, &'static String)| Endpoint {
        method: match row.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        },
        path: row.path,
        function,
    };
    TABLE.iter().zip(FUNCTIONS.iter()).map(endpoint).collect()
}
