//! Transcripts of share texts: found, paid for once, and what each end says.

use serde_json::Value;

use crate::stage::{Stage, said, share_text};

#[test]
fn a_share_text_becomes_its_transcript_at_each_provider_and_is_not_paid_twice() {
    for provider in ["momoget", "transcriptgenerate", "coze"] {
        let stage = Stage::new();
        let (text, url) = share_text("iRk3xQ7_p2A");
        let first = stage.run(&["transcribe", &text, "--provider", provider]);
        assert!(first.status.success(), "{provider}: {}", said(&first));
        let transcript = String::from_utf8(first.stdout).unwrap();
        assert!(transcript.chars().count() > 100, "{transcript}");

        let second = stage.run(&["transcribe", &text, "--provider", provider]);
        assert_eq!(String::from_utf8(second.stdout).unwrap(), transcript);
        assert_eq!(stage.creates(&url), 1);

        let again = stage.run(&["transcribe", &text, "--provider", provider, "--again"]);
        assert!(again.status.success());
        assert_eq!(stage.creates(&url), 2);
    }
}

#[test]
fn one_video_under_many_short_links_is_paid_for_once() {
    let stage = Stage::new();
    let [one, two, three] = ["sb-same-1-a", "sb-same-1-b", "sb-same-1-c"].map(share_text);
    let transcribed = |arguments: &[&str]| {
        let output = stage.run(arguments);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let transcript = transcribed(&["transcribe", &one.0]);
    assert!(transcript.chars().count() > 100, "{transcript}");
    assert_eq!(transcribed(&["transcribe", &two.0]), transcript);
    assert_eq!(transcribed(&["transcribe", &format!("{}\n{}", three.0, one.0)]), transcript);
    assert_eq!([&one, &two, &three].map(|link| stage.creates(&link.1)), [1, 0, 0]);
    // What was learned once is not asked again.
    assert_eq!([&one, &two, &three].map(|link| stage.follows(&link.1)), [1, 1, 1]);

    transcribed(&["transcribe", &two.0, "--again"]);
    assert_eq!([&one, &two].map(|link| stage.creates(&link.1)), [1, 1]);
}

#[test]
fn without_following_every_short_link_is_a_video_of_its_own() {
    let stage = Stage::new();
    for code in ["sb-same-1-a", "sb-same-1-b"] {
        let (text, url) = share_text(code);
        let output = stage.run(&["transcribe", &text, "--no-follow"]);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!((stage.creates(&url), stage.follows(&url)), (1, 0));
    }
}

#[test]
fn a_short_link_that_leads_nowhere_holds_up_no_transcript() {
    let stage = Stage::new();
    let codes = ["sb-slowlink", "sb-nowhere", "sb-foreign", "sb-loop"];
    let texts = codes.map(|code| share_text(code).0).join("\n");
    let output = stage.run(&["transcribe", &texts]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(codes.map(|code| stage.creates(&share_text(code).1)), [1; 4]);

    let profile = stage.run(&["transcribe", &share_text("sb-user").0]);
    assert_eq!(profile.status.code(), Some(3), "{}", said(&profile));
    assert_eq!(stage.creates(&share_text("sb-user").1), 0);
}

#[test]
fn a_translation_is_paid_for_once_and_apart_from_the_spoken_text() {
    let stage = Stage::new();
    let (text, url) = share_text("iRk3xQ7_p2A");
    let transcribed = |more: &[&str]| {
        let arguments = [&["transcribe", &text, "--provider", "transcriptgenerate"], more].concat();
        let output = stage.run(&arguments);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let spoken = transcribed(&[]);
    let translated = transcribed(&["--translate", "en"]);
    assert_eq!(stage.creates(&url), 2);
    assert!(!translated.is_empty());
    assert_eq!(transcribed(&["--translate", "en"]), translated);
    assert_eq!(transcribed(&[]), spoken);
    assert_eq!(stage.creates(&url), 2);
}

#[test]
fn each_end_has_its_exit_code_and_words() {
    let stage = Stage::new();
    for (text, code, words) in [
        ("今天天气真好", 3, "没有找到链接"),
        (
            "8.91 HIV:/ 复制整段话，打开抖音搜索，直接看「阿岚的厨房手记」的视频 k@p.dN 03/22",
            3,
            "口令",
        ),
        (
            "https://www.douyin.com/user/MS4wLjABAAAAfixture",
            3,
            "https://www.douyin.com/user/MS4wLjABAAAAfixture",
        ),
        (
            "https://v.douyin.com/sb-badkey/",
            4,
            "密钥无效或已过期。没有扣费。检查 Momoget 的密钥，用 shiwen-cli quota momoget",
        ),
        (
            "https://v.douyin.com/sb-quota/",
            4,
            "次数用完了。没有扣费。去 https://www.momoget.cn/?view=console 充值",
        ),
        (
            "https://v.douyin.com/sb-unsupported/",
            4,
            "不支持这个平台。没有扣费。换一家再试：加上 --provider",
        ),
        (
            "https://v.douyin.com/sb-fail/",
            4,
            "服务商没能做完。是否扣费，服务商没有写明。可以再运行一次",
        ),
        (
            "https://v.douyin.com/sb-html/",
            5,
            "结果未知，可能已扣费。Momoget 的答复看不懂，已原样存下。先去 https://www.momoget.cn/",
        ),
        (
            "https://v.douyin.com/sb-drop-after/",
            5,
            "结果未知，可能已扣费。提交已发出，但连接在收到答复前断了。先去",
        ),
    ] {
        let output = stage.run(&["transcribe", text]);
        assert_eq!(output.status.code(), Some(code), "{text}: {}", said(&output));
        assert!(said(&output).contains(words), "{text}: {}", said(&output));
        assert!(output.stdout.is_empty(), "{text}");
        if code > 3 {
            let page = stage.json(&["tasks", "--limit", "1"]);
            let shown = stage.ok(&["show", &page["tasks"][0]["id"].to_string()]);
            assert!(shown.contains(words), "{shown}");
        }
    }
}

#[test]
fn av_and_bv_links_of_one_video_are_one_bill() {
    let stage = Stage::new();
    let text =
        "https://www.bilibili.com/video/av170001/ https://www.bilibili.com/video/BV17x411w7KC";
    let output = stage.run(&["transcribe", text]);
    assert!(output.status.success(), "{}", said(&output));
    let page: Value = serde_json::from_slice(&stage.run(&["tasks", "--json"]).stdout).unwrap();
    assert_eq!(page["total"], 1);
}

#[test]
fn hosts_that_hang_do_not_hide_a_video_that_history_has() {
    let stage = Stage::new();
    let first = stage.run(&["transcribe", "https://v.douyin.com/sb-same-1-a/"]);
    assert!(first.status.success(), "{}", said(&first));
    let hanging: Vec<String> = (1..=6).map(|n| format!("https://b23.tv/sb-slowlink-{n}")).collect();
    let text = format!("{} https://v.douyin.com/sb-same-1-b/", hanging.join(" "));
    let second = stage.run(&["transcribe", &text]);
    assert!(second.status.success(), "{}", said(&second));
    assert_eq!(stage.creates("https://v.douyin.com/sb-same-1-b/"), 0);
}

#[test]
fn links_that_go_together_are_one_create_call_with_an_end_of_each() {
    let stage = Stage::new();
    let texts = ["batch01", "sb-fail", "batch02"].map(|code| share_text(code).0).join("\n");
    let output = stage.run(&["transcribe", &texts, "--provider", "momoget", "--together"]);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("sb-fail"), "{}", said(&output));
    assert!(String::from_utf8(output.stdout).unwrap().chars().count() > 200);
    assert_eq!(stage.routed("momoget POST /coze/transcribe"), 1);
}

#[test]
fn the_next_provider_answers_where_the_first_starts_nothing_and_only_if_it_was_named() {
    let stage = Stage::new();
    let (text, url) = share_text("sb-member-1");
    let alone = stage.run(&["transcribe", &text, "--provider", "transcriptgenerate"]);
    assert!(!alone.status.success(), "{}", said(&alone));
    assert_eq!(stage.creates(&url), 1, "refused, and nobody else was asked");

    let (text, url) = share_text("sb-member-2");
    let chain = ["--provider", "transcriptgenerate", "--then", "momoget,coze"];
    let detail = stage.json(&[&["transcribe", &text], &chain[..]].concat());
    assert_eq!(detail["task"]["provider"], "momoget");
    let attempts = detail["attempts"].as_array().unwrap();
    let said_of = |attempt: &Value| format!("{} {}", attempt["provider"], attempt["outcome"]);
    let asked: Vec<_> = attempts.iter().map(said_of).collect();
    assert_eq!(asked, [r#""transcriptgenerate" "rejected""#, r#""momoget" "accepted""#]);
    assert_eq!(stage.creates(&url), 2);

    let twice =
        stage.run(&["transcribe", &text, "--again", "--provider", "coze", "--then", "coze"]);
    assert!(!twice.status.success(), "{}", said(&twice));
}
