//! What is kept at the service, as items: characters, the four libraries, social accounts and posts.

use serde_json::Value;
use shiwen_core::{Entry, Input, Item};

use super::answers::texts;
use crate::{
    form,
    lenient::{self, Fields},
    rawugc::fields::{MESSAGE, PERSONA, POST, PRODUCT, STYLE},
    spoken,
};

/// Longest title that is made of a text.
const TITLE: usize = 80;

/// Stands between a character's id and its username in the item's id: its own call goes by the one, a video is
/// made with the other.
const CHARACTER_SEPARATOR: char = '/';

/// Facts by the service's own names, in order. A name that is not there is left out.
pub(super) fn facts(of: Fields<'_>, names: &[&str]) -> Vec<(String, Entry)> {
    let fact = |name: &&str| Some(((*name).to_owned(), entry(of.value(name)?)?));
    names.iter().filter_map(fact).collect()
}

fn entry(value: &Value) -> Option<Entry> {
    match value {
        Value::Bool(flag) => Some(Entry::Flag(*flag)),
        Value::Number(number) => number.as_f64().filter(|n| n.is_finite()).map(Entry::Number),
        Value::String(text) => lenient::not_blank(text).map(|text| Entry::Text(text.to_owned())),
        Value::Array(_) => {
            let list: Vec<String> = texts(value).map(str::to_owned).collect();
            (!list.is_empty()).then_some(Entry::List(list))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// The first line that is not blank, cut where a title would be too long.
pub(super) fn headline(text: &str) -> Option<String> {
    let line = text.lines().find_map(spoken::title)?;
    if line.chars().count() <= TITLE {
        return Some(line);
    }
    Some(line.chars().take(TITLE - 1).chain(['…']).collect())
}

pub(super) fn addresses(of: Fields<'_>, name: &str) -> Vec<String> {
    let list = of.value(name).into_iter().flat_map(texts);
    list.filter_map(lenient::web_address).map(str::to_owned).collect()
}

fn owned(of: Fields<'_>, name: &str) -> Option<String> {
    of.text(name).map(str::to_owned)
}

/// What a form for changing the item starts with: its fields of the same names.
fn input(of: Fields<'_>, fields: &[form::FieldSpec]) -> Input {
    let entry =
        |field: &form::FieldSpec| Some((field.name().to_owned(), entry(of.value(field.name())?)?));
    fields.iter().filter_map(entry).collect()
}

/// An item of a library: `_id`, `name` and what is said about it.
fn kept(of: Fields<'_>, text: &str, fields: &[form::FieldSpec]) -> Option<Item> {
    let id = of.id("_id").or_else(|| of.id("id"))?;
    Some(Item {
        title: of.title("name").unwrap_or_else(|| id.clone()),
        text: owned(of, text),
        input: input(of, fields),
        id,
        ..Item::default()
    })
}

pub(super) fn persona(of: Fields<'_>) -> Option<Item> {
    let facts = facts(of, &["createdAt", "updatedAt"]);
    Some(Item { facts, ..kept(of, "description", PERSONA)? })
}

pub(super) fn message(of: Fields<'_>) -> Option<Item> {
    let facts = facts(of, &["createdAt", "updatedAt"]);
    Some(Item { facts, ..kept(of, "body", MESSAGE)? })
}

pub(super) fn product(of: Fields<'_>) -> Option<Item> {
    Some(Item {
        pictures: addresses(of, "photos"),
        facts: facts(of, &["messaging", "createdAt", "updatedAt"]),
        ..kept(of, "description", PRODUCT)?
    })
}

pub(super) fn style(of: Fields<'_>) -> Option<Item> {
    let is = |name| of.value(name).and_then(Value::as_bool) == Some(true);
    Some(Item {
        facts: facts(of, &["type", "aspectRatio", "promptTemplate", "styleId"]),
        built_in: is("isAdmin") || is("isStandard"),
        ..kept(of, "description", STYLE)?
    })
}

pub(super) fn character(of: Fields<'_>) -> Option<Item> {
    let id = of.id("_id").or_else(|| of.id("id"))?;
    let username = of.title("username");
    let title = of.title("displayName").or_else(|| username.clone());
    Some(Item {
        title: title.unwrap_or_else(|| id.clone()),
        id: match &username {
            Some(username) => format!("{id}{CHARACTER_SEPARATOR}{username}"),
            None => id,
        },
        text: owned(of, "description"),
        media_url: of.web_address("videoPreviewUrl"),
        facts: facts(of, &["username", "type", "isActive", "createdAt", "updatedAt"]),
        built_in: of.text("type") == Some("admin"),
        ..Item::default()
    })
}

/// The id by which the service knows the character.
pub(super) fn character_id(item: &str) -> &str {
    item.split_once(CHARACTER_SEPARATOR).map_or(item, |(id, _)| id)
}

/// The name by which a video is made with the character.
pub(super) fn character_name(item: &str) -> &str {
    item.split_once(CHARACTER_SEPARATOR).map_or(item, |(_, username)| username)
}

pub(super) fn account(of: Fields<'_>) -> Option<Item> {
    let id = of.id("accountId").or_else(|| of.id("id"))?;
    let title = of.title("displayName").or_else(|| of.title("username"));
    Some(Item {
        title: title.unwrap_or_else(|| id.clone()),
        id,
        pictures: of.web_address("profilePicture").into_iter().collect(),
        facts: facts(of, &["platform", "username", "isActive"]),
        ..Item::default()
    })
}

/// The accounts of a post are not told, so a changed post starts without them and keeps those it has.
pub(super) fn post(of: Fields<'_>) -> Option<Item> {
    let id = of.id("postId").or_else(|| of.id("id"))?;
    let names = ["status", "platforms", "scheduledFor", "timezone", "createdAt", "publishedAt"];
    Some(Item {
        title: of.text("content").and_then(headline).unwrap_or_else(|| id.clone()),
        id,
        text: owned(of, "content"),
        media_url: of.web_address("videoUrl"),
        facts: facts(of, &names),
        input: input(of, POST),
        ..Item::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_character_has_a_name_and_an_id() {
        let json = json!({ "_id": "chr_1", "username": "rawugc.mia" });
        let item = character(Fields::of(&json).unwrap()).unwrap();
        assert_eq!((character_id(&item.id), character_name(&item.id)), ("chr_1", "rawugc.mia"));
        assert_eq!((character_id("chr_1"), character_name("rawugc.mia")), ("chr_1", "rawugc.mia"));
    }

    #[test]
    fn a_style_of_the_service_is_built_in() {
        for (own, built_in) in
            [(json!({ "_id": 7 }), false), (json!({ "_id": 7, "isAdmin": true }), true)]
        {
            assert_eq!(style(Fields::of(&own).unwrap()).unwrap().built_in, built_in);
        }
    }

    #[test]
    fn a_headline_is_one_short_line() {
        assert_eq!(headline(" \n 第一行 \n第二行").unwrap(), "第一行");
        assert_eq!(headline(&"字".repeat(200)).unwrap().chars().count(), 80);
        assert_eq!(headline(" \n"), None);
    }
}
