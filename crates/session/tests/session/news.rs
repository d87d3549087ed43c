//! What a running session tells of tasks that have come to rest.

use std::time::Duration;

use shiwen_core::{Input, Operation, ProviderId, Submission, TaskState};
use shiwen_session::{News, Session};
use tokio::{sync::broadcast::Receiver, time::timeout};

use crate::stage::{Stage, link, submit, until};

async fn next(news: &mut Receiver<News>) -> News {
    timeout(Duration::from_secs(60), news.recv()).await.unwrap().unwrap()
}

fn together(session: &Session, codes: &[&str]) {
    let urls: Vec<String> = codes.iter().map(|code| link(code)).collect();
    let submission = Submission {
        share_text: urls.join(" 看看 "),
        urls,
        again: Vec::new(),
        provider: ProviderId::Momoget,
        operation: Operation::Transcribe,
        target_language: None,
        input: Input::new(),
        together: false,
        then: Vec::new(),
    };
    assert_eq!(session.engine.create_tasks(&submission).unwrap().len(), codes.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_tells_once_of_each_paste_and_nothing_of_what_was_over_before() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let mut news = session.news();
    session.run().unwrap();
    together(&session, &["one11", "sb-fail", "two22", "three33"]);
    let News::Several { done, failed, uncertain, cancelled, .. } = next(&mut news).await else {
        panic!("one of four")
    };
    assert_eq!((done, failed, uncertain, cancelled), (3, 1, 0, 0));
    session.close().await;
    assert!(news.try_recv().is_err());

    let session = stage.session().await;
    let mut news = session.news();
    session.run().unwrap();
    let id = submit(&session, ProviderId::Momoget, Operation::Transcribe, "four44");
    let done = until(&session, id, |task| task.state == TaskState::Succeeded).await;
    let News::One { task, state, words, .. } = next(&mut news).await else { panic!("one") };
    assert_eq!((task, state, words), (id, TaskState::Succeeded, done.words));
    session.close().await;
    assert!(news.try_recv().is_err());
}
