//! What a run gives: JSON in strings, two and three deep, with names that the workflow's author chose.

use serde_json::Value;
use shiwen_core::{Found, Operation, Timestamp};
use url::Url;

use crate::{
    Answer,
    lenient::{self, DEPTH, Fields},
    spoken,
};

pub(super) const ASKS_FOR_INPUT: &str = "the workflow asks for input";

/// Whether the run stopped to ask something. Nobody is there to answer.
pub(super) fn asks_for_input(fields: Fields<'_>) -> bool {
    match fields.value("interrupt_data") {
        None => false,
        Some(Value::String(text)) => lenient::not_blank(text).is_some_and(|text| text != "null"),
        Some(Value::Object(object)) => !object.is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(value) => value != &Value::Bool(false),
    }
}

/// The answer that the operation promises; none where the output does not hold it. `cut` says that Coze cut the
/// output off somewhere.
pub(super) fn answer(
    operation: Operation,
    output: &Value,
    cut: bool,
    now: Timestamp,
) -> Option<Answer> {
    match operation {
        Operation::Resolve => {
            let found = info(output, DEPTH, now)?;
            Some(Answer { found, ..Answer::default() })
        }
        _ => {
            let (text, title) = transcript(output, DEPTH, cut)?;
            let text = spoken::passage(&text)?;
            let found = Found { title, ..Found::default() };
            Some(Answer { text: Some(text), found, ..Answer::default() })
        }
    }
}

/// The text and the title. Layers: the output is a JSON string, in it `Output` is another one, in it `content`
/// is the transcript. Each layer may be plain text instead.
fn transcript(value: &Value, depth: u8, cut: bool) -> Option<(String, Option<String>)> {
    match value {
        Value::Null => None,
        Value::String(text) if text.trim() == "null" => None,
        // An object of which nothing came.
        Value::String(text) if cut && text.trim() == "{" => None,
        Value::String(text) => {
            let text = lenient::not_blank(text)?;
            let nested = lenient::nested(text).or_else(|| lenient::mended(text).filter(|_| cut));
            match nested.filter(|_| depth > 0) {
                Some(Value::Object(object)) => layer(Fields(&object), depth - 1, cut),
                _ => Some((text.to_owned(), None)),
            }
        }
        Value::Object(object) => layer(Fields(object), depth.checked_sub(1)?, cut),
        value => Some((value.to_string(), None)),
    }
}

fn layer(fields: Fields<'_>, depth: u8, cut: bool) -> Option<(String, Option<String>)> {
    if let Some(inner) = fields.value("Output") {
        return transcript(inner, depth, cut);
    }
    let Some(content) = fields.value("content") else {
        // Some workflows call their only output so; beside a `content` it is something else, often a picture.
        return transcript(fields.value("output")?, depth, cut);
    };
    let content = content.as_str().and_then(lenient::not_blank)?;
    if content.trim() == "null" {
        return None;
    }
    let title = fields.title("title");
    // A transcript that merely looks like JSON stays what it is.
    let deeper = lenient::nested(content)
        .filter(|value| {
            depth > 0 && Fields::of(value).is_some_and(|it| it.text("content").is_some())
        })
        .and_then(|value| transcript(&value, depth, cut));
    Some(match deeper {
        Some((text, inner)) => (text, inner.or(title)),
        None => (content.to_owned(), title),
    })
}

/// Title, author and media. Fields are sorted by what their URL shows, not by their name: in the workflow that
/// this was written for, `cover_url` holds the video and `output` the cover.
fn info(value: &Value, depth: u8, now: Timestamp) -> Option<Found> {
    let parsed;
    let fields = match value {
        Value::String(text) => {
            parsed = lenient::nested(text).filter(|_| depth > 0)?;
            Fields::of(&parsed)?
        }
        value => Fields::of(value)?,
    };
    // History wraps the same object once more.
    if let Some(found) =
        fields.value("Output").and_then(|inner| info(inner, depth.checked_sub(1)?, now))
    {
        return Some(found);
    }
    let mut names: Vec<&String> = fields.0.keys().filter(|name| *name != "avatar").collect();
    names.sort_unstable();
    let addresses: Vec<String> =
        names.into_iter().filter_map(|name| fields.web_address(name)).collect();
    let first = |media| addresses.iter().find(|address| evidence(address) == Some(media)).cloned();
    let found = Found {
        title: fields.title("title"),
        author: fields.title("nickname"),
        duration_s: None,
        cover_url: first(Media::Image),
        media_url: first(Media::Video),
        avatar_url: fields.web_address("avatar"),
        learned_at: None,
    };
    let learned = found.cover_url.is_some() || found.media_url.is_some();
    let useful = learned || found.title.is_some() || found.author.is_some();
    useful.then(|| Found { learned_at: learned.then_some(now), ..found })
}

#[derive(Clone, Copy, PartialEq)]
enum Media {
    Video,
    Image,
}

fn evidence(address: &str) -> Option<Media> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str().unwrap_or_default().to_lowercase();
    let path = url.path().to_lowercase();
    let says_video =
        url.query_pairs().any(|(name, value)| name == "mime_type" && value.starts_with("video"));
    let video_path = [".mp4", ".mov", ".m3u8"].iter().any(|end| path.ends_with(end));
    if says_video || video_path || host.contains("vod") {
        return Some(Media::Video);
    }
    let image_path =
        [".jpg", ".jpeg", ".png", ".webp", ".heic"].iter().any(|part| path.contains(part));
    (image_path || host.contains("pic")).then_some(Media::Image)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(output: Value) -> Option<String> {
        transcript(&output, DEPTH, false).map(|(text, _)| text)
    }

    fn title(output: Value) -> Option<String> {
        transcript(&output, DEPTH, false).and_then(|(_, title)| title)
    }

    #[test]
    fn the_transcript_is_under_three_layers() {
        let inner = json!({ "content": "一\n\"二\"", "title": "三" }).to_string();
        let output = json!(json!({ "node_status": "{}", "Output": inner }).to_string());
        assert_eq!(text(output.clone()).unwrap(), "一\n\"二\"");
        assert_eq!(title(output).unwrap(), "三");
    }

    #[test]
    fn any_layer_may_be_plain_text_or_already_an_object() {
        assert_eq!(text(json!("大家好")).unwrap(), "大家好");
        assert_eq!(text(json!({ "Output": "大家好" })).unwrap(), "大家好");
        assert_eq!(text(json!({ "Output": { "content": "大家好" } })).unwrap(), "大家好");
        assert_eq!(text(json!({ "output": "大家好" })).unwrap(), "大家好");
        let beside = json!({ "content": "大家好", "output": "https://a.example/x.webp" });
        assert_eq!(text(beside).unwrap(), "大家好");
        assert_eq!(text(json!("{\"content\":\"大家好\"}")).unwrap(), "大家好");
    }

    #[test]
    fn nothing_is_no_transcript() {
        for output in [
            json!(null),
            json!(""),
            json!(" \n"),
            json!("null"),
            json!({}),
            json!({ "Output": "null" }),
            json!({ "Output": null }),
            json!("{\"Output\":\"null\"}"),
            json!({ "content": "  " }),
            json!({ "content": null, "title": "有标题" }),
        ] {
            assert_eq!(text(output.clone()), None, "{output}");
        }
    }

    #[test]
    fn bad_inner_json_stays_text() {
        assert_eq!(text(json!({ "Output": "{\"content\":" })).unwrap(), "{\"content\":");
        assert_eq!(text(json!("[音乐] 大家好")).unwrap(), "[音乐] 大家好");
    }

    #[test]
    fn a_transcript_that_looks_like_json_stays_what_it_is() {
        for spoken in ["123", "{\"a\":1}", "[1,2]"] {
            assert_eq!(text(json!({ "content": spoken })).unwrap(), spoken);
        }
    }

    #[test]
    fn unwrapping_ends_at_depth_eight() {
        let wrap = |times| {
            (0..times).fold(json!("大家好"), |inner, _| {
                let inner = inner.as_str().map_or_else(|| inner.to_string(), str::to_owned);
                json!({ "Output": inner })
            })
        };
        assert_eq!(text(wrap(8)).unwrap(), "大家好");
        assert!(text(wrap(9)).unwrap().starts_with("{\"Output\""));
    }

    #[test]
    fn media_are_sorted_by_what_the_url_shows() {
        let kind = |address| evidence(address);
        assert!(kind("https://a.example/x?mime_type=video_mp4") == Some(Media::Video));
        assert!(kind("https://a.example/x.M3U8?y=1") == Some(Media::Video));
        assert!(kind("https://v5.douyinvod.com/x.jpg") == Some(Media::Video));
        assert!(kind("https://p9.douyinpic.com/x") == Some(Media::Image));
        assert!(kind("https://a.example/x~q75.webp:x?sc=cover") == Some(Media::Image));
        assert!(kind("https://a.example/page").is_none());
    }

    #[test]
    fn a_picture_of_the_author_is_no_cover() {
        let output = json!({ "avatar": "https://p3.douyinpic.com/a.jpeg", "nickname": "小农" });
        let found = info(&output, DEPTH, Timestamp(1)).unwrap();
        assert_eq!((found.cover_url, found.learned_at), (None, None));
        assert_eq!(found.author.unwrap(), "小农");
    }

    #[test]
    fn info_is_found_under_the_layers_of_a_history_too() {
        let inner = json!({ "title": "番茄", "output": "https://a.example/x.mp4" }).to_string();
        let output = json!(json!({ "Output": inner }).to_string());
        let found = info(&output, DEPTH, Timestamp(1)).unwrap();
        assert_eq!(found.title.unwrap(), "番茄");
        assert_eq!(found.media_url.unwrap(), "https://a.example/x.mp4");
    }
}
