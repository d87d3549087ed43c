//! Short links through the real engine and sender, to the hosts that the sandbox plays.

use std::time::Duration;

use shiwen_core::{
    CancelCause, Detection, Input, LinkKind, Operation, Platform, ProviderId, Submission, TaskState,
};
use shiwen_session::{Session, Settings};

use crate::stage::{Stage, until};

async fn resolved(session: &Session, text: &str) -> Detection {
    session.engine.resolve_links(text, Operation::Transcribe).await.unwrap()
}

#[tokio::test]
async fn short_links_of_every_platform_lead_to_their_video() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    for (link, platform, kind, asked) in [
        ("https://v.douyin.com/iRk3xQ7_p2A/", Platform::Douyin, LinkKind::Video, 1),
        ("https://jx.douyin.com/iRk3xQ7", Platform::Douyin, LinkKind::Video, 2),
        ("https://v.kuaishou.com/2xAbC9", Platform::Kuaishou, LinkKind::Video, 1),
        ("http://xhslink.com/a/K3xYzAbCdEf", Platform::Xiaohongshu, LinkKind::Note, 1),
        ("https://b23.tv/qWe4RtY", Platform::Bilibili, LinkKind::Video, 1),
        ("https://m.toutiao.com/is/iRk3xQ7/", Platform::Toutiao, LinkKind::Video, 1),
        ("https://vm.tiktok.com/ZMabc123/", Platform::Tiktok, LinkKind::Video, 2),
    ] {
        let before: u64 = stage.follows().iter().map(|(_, count)| count).sum();
        let detection = resolved(&session, link).await;
        let found = &detection.chips[0].link;
        assert_eq!((found.platform, found.kind), (platform, kind), "{link}");
        assert!(found.id.is_some() && found.url == link, "{found:?}");
        let after: u64 = stage.follows().iter().map(|(_, count)| count).sum();
        // The address that holds the id is not asked.
        assert_eq!(after - before, asked, "{link}");
    }
    session.close().await;
}

#[tokio::test]
async fn one_video_under_two_short_links_is_one_bill() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let [one, two] = ["a", "b"].map(|code| format!("https://v.douyin.com/sb-same-1-{code}/"));
    let submission = |url: &str| Submission {
        share_text: url.to_owned(),
        urls: vec![url.to_owned()],
        again: Vec::new(),
        provider: ProviderId::Momoget,
        operation: Operation::Transcribe,
        target_language: None,
        input: Input::new(),
        together: false,
        then: Vec::new(),
    };
    resolved(&session, &one).await;
    let first = session.engine.create_tasks(&submission(&one)).unwrap()[0];

    let detection = resolved(&session, &two).await;
    assert_eq!(detection.chips[0].known.as_ref().map(|known| known.task), Some(first));
    assert_eq!(session.engine.create_tasks(&submission(&two)).unwrap(), []);

    let both = resolved(&session, &format!("{one} {two}")).await;
    assert_eq!((both.chips.len(), both.duplicates), (1, 1));
    assert_eq!(stage.follows(), [(one, 1), (two, 1)]);
    session.close().await;
}

#[tokio::test]
async fn two_short_links_of_one_video_submitted_unlooked_at_are_one_create_call() {
    for together in [false, true] {
        let stage = Stage::new().await;
        let session = stage.session().await;
        session.run().unwrap();
        let urls = ["a", "b"].map(|code| format!("https://v.douyin.com/sb-same-2-{code}/"));
        let submission = Submission {
            share_text: urls.join("\n"),
            urls: urls.to_vec(),
            again: Vec::new(),
            provider: ProviderId::Momoget,
            operation: Operation::Transcribe,
            target_language: None,
            input: Input::new(),
            together,
            then: Vec::new(),
        };

        let ids = session.engine.create_tasks(&submission).unwrap();
        until(&session, ids[0], |task| task.state == TaskState::Succeeded).await;

        let other = session.engine.store().task(ids[1]).unwrap();
        assert_eq!(other.cancel_cause, Some(CancelCause::SameVideo));
        assert_eq!(session.engine.store().detail(ids[1]).unwrap().another, Some(ids[0]));
        let calls = stage.sandbox.calls().routes;
        assert_eq!(calls.get("momoget POST /coze/transcribe"), Some(&1), "together: {together}");
        assert_eq!(stage.follows().len(), 2);
        session.close().await;
    }
}

#[tokio::test]
async fn trouble_on_the_way_leaves_the_link_as_it_is() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    for (word, asked) in [("foreign", 1), ("nowhere", 1), ("loop", 2), ("user", 1)] {
        let before: u64 = stage.follows().iter().map(|(_, count)| count).sum();
        let detection = resolved(&session, &format!("https://b23.tv/sb-{word}")).await;
        let chip = &detection.chips[0];
        let expected = if word == "user" { LinkKind::User } else { LinkKind::Short };
        assert_eq!((chip.link.kind, chip.not_a_work), (expected, word == "user"), "{word}");
        let after: u64 = stage.follows().iter().map(|(_, count)| count).sum();
        assert_eq!(after - before, asked, "{word}");
    }
    assert!(!stage.follows().iter().any(|(address, _)| address.contains("shop.example")));
    // One that is never answered can be left at any time, and holds up nothing else.
    let slow = resolved(&session, "https://b23.tv/sb-slowlink");
    assert!(tokio::time::timeout(Duration::from_millis(300), slow).await.is_err());
    let detection = resolved(&session, "https://b23.tv/qWe4RtY").await;
    assert_eq!(detection.chips[0].link.kind, LinkKind::Video);
    session.close().await;
}

#[tokio::test]
async fn the_setting_holds_at_once_and_without_a_restart() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let store = session.engine.store();
    let set = |follow_short_links| {
        let settings = Settings { follow_short_links, ..Settings::default() };
        store.save_setting(Settings::NAME, &settings).unwrap();
    };
    let kind =
        async || resolved(&session, "https://v.douyin.com/iRk3xQ7_p2A/").await.chips[0].link.kind;
    set(false);
    assert_eq!(kind().await, LinkKind::Short);
    assert_eq!(stage.follows(), []);
    set(true);
    assert_eq!(kind().await, LinkKind::Video);
    session.close().await;
}

#[tokio::test]
async fn settings_of_a_version_that_knew_no_short_links_let_them_be_followed() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let older = serde_json::json!({ "language": "en", "theme": "dark", "provider": null,
        "operation": "transcribe", "proxy": "none" });
    session.engine.store().save_setting(Settings::NAME, &older).unwrap();
    resolved(&session, "https://v.douyin.com/iRk3xQ7_p2A/").await;
    assert_eq!(stage.follows().len(), 1);
    session.close().await;
}
