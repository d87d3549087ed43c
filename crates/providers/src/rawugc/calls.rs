//! Requests out of the table's rows, and the answers to calls about a collection.

use serde_json::{Map, Value};
use shiwen_core::{
    Entry, Failure, FailureKind, Fault, FaultKind, FieldKind, Form, Input, Item, Items, Timestamp,
    Verb,
};
use shiwen_http::{HeaderValue, Method, Purpose, Request, Response};

use super::{
    ID,
    answers::{by_status, read, read_done},
    items::{character_id, character_name},
    research::scored,
    table::{By, Gives, ReadItem, Row},
};
use crate::{
    Account, Action, Created,
    classify::Refused,
    form,
    lenient::{self, Fields},
    outgoing::{self, Call},
    spoken,
};

/// Without it the shape of the answers depends on the key.
const VERSION: (&str, &str) = ("rawugc-version", "2026-03-06");

/// Times that have come meanwhile are left to the service: there is no clock here.
const LONG_AGO: Timestamp = Timestamp(i64::MIN);

fn headers(account: &Account) -> Result<Vec<(&'static str, HeaderValue)>, Failure> {
    Ok(vec![
        ("authorization", HeaderValue::Bearer(account.secret(ID, "api_key")?.clone())),
        (VERSION.0, HeaderValue::Plain(VERSION.1.to_owned())),
    ])
}

/// What is wrong with a form, also where one field depends on another.
pub(super) fn faults(form: &Form, input: &Input, now: Timestamp) -> Vec<Fault> {
    let mut faults = form::check(form, input, now);
    let has = |name: &str| form.fields.iter().any(|field| field.name == name);
    if !(has("mode") && has("scheduledFor")) {
        return faults;
    }
    let mut fault =
        |field: &str, kind| faults.push(Fault { field: field.to_owned(), kind, limit: None });
    let filled = form::values(form, input);
    let mode = filled.get("mode").and_then(Value::as_str).unwrap_or_default();
    match (mode, filled.contains_key("scheduledFor")) {
        ("schedule", false) => fault("scheduledFor", FaultKind::Missing),
        // Whoever names a time does not want it to be seen now.
        ("now", true) => fault("scheduledFor", FaultKind::NotOffered),
        _ => {}
    }
    if mode == "schedule" && filled.get("publishToInbox") == Some(&Value::Bool(true)) {
        fault("publishToInbox", FaultKind::NotOffered);
    }
    faults
}

/// The request of a row. `more` goes with what the form holds.
pub(super) fn request(
    row: &Row,
    id: Option<&str>,
    input: &Input,
    more: Option<(&str, &str)>,
    account: &Account,
) -> Result<Request, Failure> {
    let form = row.form();
    refuse_faults(&faults(&form, input, LONG_AGO))?;
    let mut values = form::values(&form, input);
    values.extend(more.map(|(name, value)| (name.to_owned(), Value::from(value))));
    name_characters(&form, &mut values);
    if row.method == Method::Patch && values.is_empty() {
        return Err(outgoing::refuse(ID, "there is nothing to change"));
    }
    let path = path(row, id)?;
    let call = Call { provider: ID, path: &path, purpose: row.purpose, timeout: row.timeout() };
    let headers = headers(account)?;
    if row.method == Method::Get {
        let mut request = call.get(account, headers)?;
        for (name, value) in values {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            request.url.query_pairs_mut().append_pair(&name, &value);
        }
        return Ok(request);
    }
    match row.fields.is_empty() {
        true => call.bare(row.method, account, headers),
        false => call.with_json(row.method, account, headers, &values),
    }
}

fn refuse_faults(faults: &[Fault]) -> Result<(), Failure> {
    if faults.is_empty() {
        return Ok(());
    }
    // The names come from outside where the form does not know them.
    let words = |fault: &Fault| match fault.kind {
        FaultKind::Unknown => fault.kind.to_string(),
        kind => format!("{}: {kind}", fault.field),
    };
    let words: Vec<String> = faults.iter().map(words).collect();
    Err(outgoing::refuse(ID, &words.join(", ")))
}

/// Fields that choose a character hold an item's id, of which a video takes the username.
fn name_characters(form: &Form, values: &mut Map<String, Value>) {
    let characters = form
        .fields
        .iter()
        .filter(|field| field.kind == FieldKind::Item && field.of.as_deref() == Some("characters"));
    for field in characters {
        if let Some(Value::String(item)) = values.get_mut(&field.name) {
            *item = character_name(item).to_owned();
        }
    }
}

/// The path's parts, with the id in its place. An id that would change the path is refused; anything else in it
/// is percent-encoded.
fn path<'a>(row: &Row, id: Option<&'a str>) -> Result<Vec<&'a str>, Failure>
where
    'static: 'a,
{
    let id = id.map(str::trim);
    let id = match row.by {
        By::Call("characters", _) => id.map(character_id),
        _ => id,
    };
    let part = |part: &'static str| match part.starts_with('{') {
        true => id
            .filter(|id| !matches!(*id, "" | "." | ".."))
            .ok_or_else(|| outgoing::refuse(ID, "the id is missing")),
        false => Ok(part),
    };
    row.path.trim_start_matches('/').split('/').map(part).collect()
}

/// The answer to a call about a collection.
pub(super) fn items(
    row: &Row,
    action: &Action<'_>,
    response: &Response,
    now: Timestamp,
) -> Result<Items, Failure> {
    let items = match row.gives {
        Gives::List(key, item) => read(response, now, |of| listed(of, key, item)),
        Gives::Found(item) => read(response, now, |of| found(of, item)),
        Gives::One(item) => read(response, now, |of| Some(one(item(of)?))),
        Gives::Id => read(response, now, |of| Some(one(made(of, action.input)?))),
        Gives::Done(item) => {
            let read = |of: Fields<'_>| item.and_then(|item| item(of));
            let done = read_done(response, now, read);
            done.map(|item| item.map(one).unwrap_or_default())
        }
        Gives::Task => Err(by_status(response, now)),
    };
    match items {
        Ok(items) => Ok(items),
        // What is gone already is deleted.
        Err(Refused::Definite(failure))
            if action.verb == Verb::Delete && failure.kind == FailureKind::NotFound =>
        {
            Ok(Items { total: Some(0), ..Items::default() })
        }
        Err(refused) => Err(failure(row, refused)),
    }
}

/// After a call that may not be made again, a failure says whether something may have happened all the same.
fn failure(row: &Row, refused: Refused) -> Failure {
    match row.purpose {
        Purpose::Read => refused.into_failure(),
        Purpose::Spend => match refused.created() {
            Created::Rejected(failure) | Created::Unknown(failure) => failure,
            Created::Accepted { .. } | Created::Done(_) => {
                Failure::new(ID, FailureKind::MalformedResponse)
            }
        },
    }
}

fn one(item: Item) -> Items {
    Items { items: vec![item], ..Items::default() }
}

/// A library answers a create with the id alone; the rest is known.
fn made(of: Fields<'_>, input: &Input) -> Option<Item> {
    let id = of.id("id").or_else(|| of.id("_id"))?;
    let title = match input.get("name") {
        Some(Entry::Text(name)) => spoken::title(name),
        _ => None,
    };
    let title = title.unwrap_or_else(|| id.clone());
    Some(Item { id, title, input: input.clone(), ..Item::default() })
}

/// Elements that cannot be read are left out, but a list of nothing else is no list.
fn listed(of: Fields<'_>, key: &str, item: ReadItem) -> Option<Items> {
    let list = of.value(key)?.as_array()?;
    let items: Vec<Item> = list.iter().filter_map(|one| item(Fields::of(one)?)).collect();
    if items.is_empty() && !list.is_empty() {
        return None;
    }
    let pages = of.object("pagination");
    let total = pages.and_then(|pages| pages.number("total")).or_else(|| of.number("count"));
    let more = pages.and_then(|pages| pages.value("hasMore")).and_then(Value::as_bool);
    Some(Items {
        items,
        total: total.and_then(lenient::whole),
        has_more: more == Some(true),
        allowance: None,
    })
}

fn found(of: Fields<'_>, item: ReadItem) -> Option<Items> {
    let list = of.value("results")?.as_array()?;
    let read = |one: &Value| {
        let one = Fields::of(one)?;
        // The video may stand in the result itself.
        Some(scored(item(one.object("video").unwrap_or(one))?, one))
    };
    let items: Vec<Item> = list.iter().filter_map(read).collect();
    if items.is_empty() && !list.is_empty() {
        return None;
    }
    let total = of.number("total").and_then(lenient::whole);
    Some(Items { items, total, ..Items::default() })
}
