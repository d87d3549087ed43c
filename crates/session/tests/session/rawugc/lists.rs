//! Several jobs of a kind are asked after with one call.

use shiwen_sandbox::Options;

use super::{Ground, IMAGE, MUSIC, ask, with};
use crate::rest::{Rest, check_ledger, rested};

#[tokio::test]
async fn the_list_tells_of_all_jobs_of_a_kind_and_one_alone_is_asked_after_by_its_id() {
    let lab = with(Options { pace: 0.05, ..Options::default() }).await;
    let images: Vec<_> = (0..6)
        .map(|n| ask(&lab.engine, &Ground::default(), IMAGE.operation, &format!("paper boat {n}")))
        .collect();
    let music = ask(&lab.engine, &Ground::default(), MUSIC.operation, "rain on a tin roof");
    for id in images.iter().chain([&music]) {
        let task = rested(&lab.engine, *id, Rest::Done, "list").await;
        check_ledger(&lab.engine, &task, Rest::Done, 1, "list");
    }
    assert_eq!(lab.answers_with(429), 0);
    let calls = lab.close().await;
    let asked = |route: &str| calls.routes.get(route).copied().unwrap_or_default();
    assert_eq!((asked(IMAGE.route), asked(MUSIC.route)), (6, 1));
    let lists = asked("rawugc GET /images");
    let alone = asked(IMAGE.follow.unwrap());
    // Only who is the last of its kind is asked after alone.
    assert!(alone < lists, "{lists} lists and {alone} questions about one job");
    assert_eq!(asked("rawugc GET /music"), 0, "there is only one");
}
