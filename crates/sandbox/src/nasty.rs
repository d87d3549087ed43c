//! Texts as somebody posts them who wants to run something where they are read: markup, addresses that are programs,
//! characters that turn text around, ring a bell or are none. Every element that one of them could become carries
//! `data-nasty`, and every script sets `window.nasty`, so that a page can be asked whether it took a text for more.

use serde_json::Value;

use crate::{media, scenario::Scenario, texts::Talk};

const TITLE: &str = "<img src=x data-nasty onerror=\"window.nasty=1\"><b data-nasty>粗</b> \u{202e}gpj.exe\u{202c} \
     \u{7}\u{1b}[31m{{7*7}}${7*7} &lt;i data-nasty&gt;";
const AUTHOR: &str =
    "</title><script data-nasty>window.nasty=2</script>\u{2066}小满\u{2069}\u{200f}\u{0}";
const TEXT: &str = "<svg data-nasty onload=\"window.nasty=3\"></svg>\n</script><script data-nasty>window.nasty=4</script>\n\
     <iframe data-nasty srcdoc=\"<script>parent.nasty=5</script>\"></iframe>\n\
     [领奖](javascript:window.nasty=6) <a data-nasty href=\"javascript:window.nasty=7\">领奖</a>\n\
     <style data-nasty>@import url(//127.0.0.1:9/);</style> \u{202e}倒着写\u{202c}\u{2028}\u{7}\u{8}\u{7f}\u{feff}\n";
/// What a service says when a task failed.
pub(crate) const MESSAGE: &str = "<img src=x data-nasty onerror=\"window.nasty=8\"><a data-nasty href=\"javascript:window.nasty=9\">\
     重新登录</a> \u{202e}drowssap\u{202c}\u{7}\u{1b}]0;x\u{7}";
/// A cover as no program should open it.
const COVER: &str = "javascript:window.nasty=10";

/// The talk with all of it in front.
pub(crate) fn talk(talk: Talk) -> Talk {
    Talk {
        title: format!("{TITLE} {}", talk.title),
        author: AUTHOR,
        text: TEXT.to_owned() + &talk.text,
    }
}

/// The address of the cover, or what the word puts in its place.
pub(crate) fn cover_url(base: &str, seed: u64, scenario: Scenario) -> String {
    match scenario {
        Scenario::Nasty => COVER.to_owned(),
        _ => media::cover_url(base, seed, scenario),
    }
}

/// Puts markup in front of every text of an answer. Ids, words that are codes, and addresses stay as they are.
pub(crate) fn spoil(body: &mut Value) {
    spoil_field("", body);
}

fn spoil_field(name: &str, value: &mut Value) {
    let is_code = name.ends_with("Id")
        || matches!(name, "id" | "_id" | "status" | "type" | "model" | "failCode" | "platform");
    match value {
        Value::String(text) if !is_code && !text.is_empty() && !text.starts_with("http") => {
            text.insert_str(0, TITLE);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| spoil_field(name, item)),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, item)| spoil_field(name, item)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_of_an_answer_is_spoiled_and_nothing_that_steers_a_client() {
        let mut body = json!({
            "scrapeId": "scr_1", "status": "completed", "url": "https://a.example/", "count": 2, "text": "",
            "videos": [{ "id": "7", "author": "mia", "hashtags": ["城市", "夜"], "type": "hook" }],
        });
        let before = body.clone();
        spoil(&mut body);
        for same in ["scrapeId", "status", "url", "count", "text"] {
            assert_eq!(body[same], before[same]);
        }
        let video = &body["videos"][0];
        assert_eq!((&video["id"], &video["type"]), (&json!("7"), &json!("hook")));
        assert_eq!(video["author"], format!("{TITLE}mia"));
        assert_eq!(video["hashtags"], json!([format!("{TITLE}城市"), format!("{TITLE}夜")]));
    }
}
