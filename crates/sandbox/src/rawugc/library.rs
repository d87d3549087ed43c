//! Personas, messages, products and styles: four shelves with the same five operations.

use serde_json::{Map, Value, json};

use super::{
    call::{Call, Reply},
    form::{Form, Need, Optional, Required},
    problem::{Problem, check_visible},
};
use crate::{scenario::Scenario, state::State};

const ORGANIZATION: &str = "org_sandbox";

/// One of the four kinds of things.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shelf {
    noun: &'static str,
    prefix: &'static str,
    list_key: &'static str,
    fields: &'static [Field],
    /// Whether its items name their organization.
    names_organization: bool,
    is_styles: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Field {
    name: &'static str,
    need: Need,
    kind: FieldKind,
}

#[derive(Debug, PartialEq, Eq)]
enum FieldKind {
    /// Of at most so many characters.
    Text(usize),
    Choice(&'static [&'static str]),
    Urls,
}

const fn field(name: &'static str, need: Need, kind: FieldKind) -> Field {
    Field { name, need, kind }
}

const NAME: Field = field("name", Required, FieldKind::Text(200));

pub(super) const PERSONAS: &Shelf = &Shelf {
    noun: "persona",
    prefix: "per",
    list_key: "personas",
    fields: &[NAME, field("description", Required, FieldKind::Text(5000))],
    names_organization: true,
    is_styles: false,
};

pub(super) const MESSAGING: &Shelf = &Shelf {
    noun: "message",
    prefix: "msg",
    // Not the word of the path.
    list_key: "messages",
    fields: &[NAME, field("body", Required, FieldKind::Text(5000))],
    names_organization: true,
    is_styles: false,
};

pub(super) const PRODUCTS: &Shelf = &Shelf {
    noun: "product",
    prefix: "prd",
    list_key: "products",
    fields: &[
        NAME,
        field("photos", Required, FieldKind::Urls),
        field("description", Optional, FieldKind::Text(1000)),
        field("messaging", Optional, FieldKind::Text(5000)),
    ],
    names_organization: false,
    is_styles: false,
};

const STYLE_TYPES: &[&str] = &["video", "image"];

pub(super) const STYLES: &Shelf = &Shelf {
    noun: "style",
    prefix: "sty",
    list_key: "styles",
    fields: &[
        NAME,
        field("description", Optional, FieldKind::Text(1000)),
        field("type", Optional, FieldKind::Choice(STYLE_TYPES)),
        field("aspectRatio", Optional, FieldKind::Choice(&["portrait", "landscape", "square"])),
        field("promptTemplate", Optional, FieldKind::Text(5000)),
    ],
    names_organization: false,
    is_styles: true,
};

/// A built-in style: id, name, description, type, aspect ratio and template.
struct BuiltIn(&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn(
        "ugc-selfie",
        "自拍口播 UGC selfie",
        "手持前置镜头，像朋友推荐。Front camera, handheld, like a friend's advice.",
        "video",
        "portrait",
        "{character} holds {productName} in a bright kitchen and says: {messaging}",
    ),
    BuiltIn(
        "unboxing",
        "开箱 Unboxing",
        "俯拍桌面，只见双手。Top view of a table, hands only.",
        "video",
        "portrait",
        "Hands open a plain box with {productName} inside. {messaging}",
    ),
    BuiltIn(
        "street-interview",
        "街头采访 Street interview",
        "路边一问一答。A question and an answer on the street.",
        "video",
        "landscape",
        "{character} asks a passer-by about {productName}. {messaging}",
    ),
    BuiltIn(
        "clean-product",
        "白底产品图 Clean product shot",
        "柔光、白底、一个影子。Soft light, white ground, one shadow.",
        "image",
        "square",
        "{productName} on a white ground, soft light. {messaging}",
    ),
];

#[derive(Debug)]
pub(crate) struct Item {
    shelf: &'static Shelf,
    id: String,
    scenario: Scenario,
    fields: Map<String, Value>,
    created_ms: u64,
    updated_ms: u64,
}

pub(super) fn list(shelf: &'static Shelf, state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = Form::of_query(&call.query);
    let wanted = if shelf.is_styles { form.choice("type", Optional, STYLE_TYPES) } else { None };
    form.finish()?;
    let mut items: Vec<Value> = if shelf.is_styles { built_in() } else { Vec::new() };
    let memory = state.memory();
    let visible = memory
        .rawugc
        .items
        .iter()
        .filter(|item| item.shelf == shelf && check_visible(item.scenario, shelf.noun).is_ok());
    items.extend(visible.map(Item::body));
    items.retain(|item| wanted.is_none_or(|wanted| item["type"] == wanted));
    let mut body = json!({ "count": items.len() });
    body[shelf.list_key] = json!(items);
    Ok(Reply::ok(body))
}

pub(super) fn create(shelf: &'static Shelf, state: &State, call: &Call) -> Result<Reply, Problem> {
    let fields = read(shelf, call, Required)?;
    let (ticket, _) = call.accept(state, 0, 0)?;
    let id = format!("{}_{}", shelf.prefix, ticket.number());
    let body = json!({ "id": id });
    let item = Item {
        shelf,
        id,
        scenario: call.scenario,
        fields,
        created_ms: call.now_ms,
        updated_ms: call.now_ms,
    };
    state.memory().rawugc.items.push(item);
    Ok(Reply::created(body))
}

pub(super) fn show(shelf: &'static Shelf, state: &State, call: &Call) -> Result<Reply, Problem> {
    if let Some(style) = built_in_style(shelf, &call.id) {
        return Ok(Reply::ok(style));
    }
    let memory = state.memory();
    let position = find(shelf, &memory.rawugc.items, &call.id)?;
    let item = &memory.rawugc.items[position];
    Ok(Reply::thing(item.body(), item.scenario))
}

/// What it answers is not documented; it does not repeat the item here, so that a client has to read it again.
pub(super) fn change(shelf: &'static Shelf, state: &State, call: &Call) -> Result<Reply, Problem> {
    refuse_built_in(shelf, call)?;
    let fields = read(shelf, call, Optional)?;
    let items = &mut state.memory().rawugc.items;
    let position = find(shelf, items, &call.id)?;
    let item = &mut items[position];
    item.fields.extend(fields);
    item.updated_ms = call.now_ms;
    Ok(Reply::ok(json!({ "success": true })))
}

/// What it answers is not documented; nothing here.
pub(super) fn remove(shelf: &'static Shelf, state: &State, call: &Call) -> Result<Reply, Problem> {
    refuse_built_in(shelf, call)?;
    let items = &mut state.memory().rawugc.items;
    let position = find(shelf, items, &call.id)?;
    items.remove(position);
    Ok(Reply::nothing())
}

/// The fields of the shelf that were sent; `need` says whether the required ones must be there.
fn read(shelf: &Shelf, call: &Call, need: Need) -> Result<Map<String, Value>, Problem> {
    let mut form = call.form()?;
    for field in shelf.fields {
        let needed = if need == Required { field.need } else { Optional };
        let least = usize::from(field.need == Required);
        match field.kind {
            FieldKind::Text(most) => {
                form.text(field.name, needed, least..=most);
            }
            FieldKind::Choice(choices) => {
                form.choice(field.name, needed, choices);
            }
            FieldKind::Urls => form.urls(field.name, needed, 0..=100),
        }
    }
    form.finish()?;
    let sent = call.fields()?.iter();
    let known = sent.filter(|(name, _)| shelf.fields.iter().any(|field| field.name == *name));
    Ok(known.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn find(shelf: &Shelf, items: &[Item], id: &str) -> Result<usize, Problem> {
    let position = items.iter().position(|item| item.shelf == shelf && item.id == id);
    let position = position.ok_or_else(|| Problem::not_found(shelf.noun))?;
    check_visible(items[position].scenario, shelf.noun)?;
    Ok(position)
}

impl Item {
    fn body(&self) -> Value {
        let mut body = json!({ "_id": self.id });
        for field in self.shelf.fields {
            let none = match field.kind {
                FieldKind::Urls => json!([]),
                FieldKind::Text(_) => json!(""),
                FieldKind::Choice(choices) => json!(choices.first()),
            };
            body[field.name] = self.fields.get(field.name).cloned().unwrap_or(none);
        }
        if self.shelf.names_organization {
            body["organizationId"] = json!(ORGANIZATION);
        }
        if self.shelf.is_styles {
            body["styleId"] = json!(self.id.replace("sty_", "style-"));
            body["isAdmin"] = json!(false);
            body["isStandard"] = json!(false);
        } else {
            body["createdAt"] = json!(self.created_ms);
            body["updatedAt"] = json!(self.updated_ms);
        }
        body
    }
}

fn built_in() -> Vec<Value> {
    let numbered = BUILT_IN.iter().zip(1..);
    numbered
        .map(|(BuiltIn(id, name, description, kind, ratio, template), number)| {
            json!({
                "_id": format!("sty_{number:04}"),
                "name": name,
                "description": description,
                "type": kind,
                "aspectRatio": ratio,
                "styleId": id,
                "promptTemplate": template,
                "isAdmin": true,
                "isStandard": number == 1,
            })
        })
        .collect()
}

fn built_in_style(shelf: &Shelf, id: &str) -> Option<Value> {
    let styles = if shelf.is_styles { built_in() } else { Vec::new() };
    styles.into_iter().find(|style| style["_id"] == id)
}

fn refuse_built_in(shelf: &Shelf, call: &Call) -> Result<(), Problem> {
    match built_in_style(shelf, &call.id) {
        Some(_) => Err(Problem::forbidden("Built-in styles cannot be changed or deleted.")),
        None => Ok(()),
    }
}
