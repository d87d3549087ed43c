//! Coze: four saved workflows, each run in each of the three ways, on both of its hosts.

use std::time::Duration;

use shiwen_core::{
    Entry, Failure, FailureKind, Input, Operation, ProviderId, Submission, Task, TaskId, TaskState,
    Timestamp, WaitReason,
};
use shiwen_engine::Engine;
use shiwen_sandbox::Options;

use crate::{
    lab::Lab,
    rest::{FREE, MAYBE, RUNS_ON, Rest, check_ledger, rested},
};
use Rest::{Done, Failed, Uncertain, Waits};

const ID: ProviderId = ProviderId::Coze;
const HISTORY: &str = "coze GET /v1/workflows/{workflow_id}/run_histories/{execute_id}";
/// What waits for its result within the call may have run, whatever became of the call.
const INTERRUPTED: Rest = Failed(FailureKind::InvalidInput, MAYBE);
const BROKEN: Rest = Failed(FailureKind::ProviderInternal, MAYBE);
const BLANK: Rest = Failed(FailureKind::MalformedResponse, MAYBE);

/// The workflows that the sandbox plays, with the names of their inputs.
const WORKFLOWS: [(&str, &str, Operation); 4] = [
    ("7400000000000000001", "input", Operation::Transcribe),
    ("7400000000000000002", "input", Operation::Resolve),
    ("7400000000000000003", "url", Operation::Transcribe),
    ("7400000000000000004", "share_text", Operation::Resolve),
];
const OF_COM: &str = "7500000000000000001";

/// How a transcript comes to rest by the way in which its workflow is run: asynchronously, while the call waits, as a
/// stream.
const WORDS: &[(&str, [Rest; 3])] = &[
    ("ok", [Done; 3]),
    ("long", [Done; 3]),
    ("slow", [Done; 3]),
    ("late", [Done; 3]),
    ("badstatus", [Done; 3]),
    ("trimmed", [Done; 3]),
    ("html-poll", [Done; 3]),
    ("half-poll", [Done; 3]),
    ("huge-poll", [Done; 3]),
    ("e503-poll", [Done; 3]),
    ("drop-poll", [Done; 3]),
    ("trouble-poll", [Done; 3]),
    ("concurrency", [Done; 3]),
    ("member", [Failed(FailureKind::MembershipRequired, FREE), Done, Done]),
    ("interrupted", [INTERRUPTED, Uncertain, Uncertain]),
    ("fail", [BROKEN, Uncertain, Uncertain]),
    ("gone", [BROKEN, Uncertain, Uncertain]),
    ("unsupported", [BROKEN, Uncertain, Uncertain]),
    ("badkey", [Failed(FailureKind::Unauthorized, FREE); 3]),
    ("quota", [Failed(FailureKind::QuotaExhausted, FREE); 3]),
    ("badlink", [Failed(FailureKind::InvalidInput, FREE); 3]),
    ("blocked", [Failed(FailureKind::InvalidInput, FREE); 3]),
    ("rate-unclear", [Uncertain; 3]),
    ("trouble", [Uncertain; 3]),
    ("html", [Uncertain; 3]),
    ("half", [Uncertain; 3]),
    ("huge", [Uncertain; 3]),
    ("e500", [Uncertain; 3]),
    ("e502", [Uncertain; 3]),
    ("e503", [Uncertain; 3]),
    ("drop-before", [Uncertain; 3]),
    ("drop-during", [Uncertain; 3]),
    ("drop-after", [Uncertain; 3]),
    ("drop-answer", [Uncertain; 3]),
];

/// The same where it hangs on what the workflow gives. Video info has no text that could be missing.
fn empty(run: usize, gives: Operation) -> Rest {
    match (gives, run) {
        (Operation::Resolve, _) => Done,
        (_, 1) => Uncertain,
        // What a stream did not say is looked up in its history.
        _ => BLANK,
    }
}

const RUNS: [&str; 3] = ["async", "sync", "stream"];

/// An account at a host, with the tokens for runs and for histories and these rows of workflows.
async fn lab(host: &str, tokens: [&str; 2], workflows: &str) -> Lab {
    let fields = [
        ("token", true, tokens[0]),
        ("history_token", true, tokens[1]),
        ("workflows", false, workflows),
    ];
    let fields: Vec<_> = fields.into_iter().filter(|(.., value)| !value.is_empty()).collect();
    let wish = Options { pace: 0.01, ..Options::default() };
    Lab::new(wish, ID, host, &fields).await
}

const OURS: [&str; 2] = ["pat_sandbox", "cztei_sandbox"];

fn rows(run: &str) -> String {
    let rows = WORKFLOWS.map(|(id, input, gives)| {
        let gives = if gives == Operation::Resolve { "info" } else { "transcript" };
        serde_json::json!({ "id": id, "input": input, "gives": gives, "run": run })
    });
    serde_json::Value::from(rows.to_vec()).to_string()
}

fn row(id: &str) -> String {
    serde_json::json!([{ "id": id, "gives": "transcript" }]).to_string()
}

fn ask(engine: &Engine, workflow: &str, operation: Operation, code: &str) -> TaskId {
    let url = format!("https://v.douyin.com/{code}/");
    let submission = Submission {
        share_text: format!("7.43 复制打开抖音，看看【灶边老周的作品】红烧肉 {url} P@w.SY"),
        urls: vec![url],
        again: Vec::new(),
        provider: ID,
        operation,
        target_language: None,
        input: Input::from([("workflow".to_owned(), Entry::Text(workflow.to_owned()))]),
        together: false,
        then: Vec::new(),
    };
    engine.create_tasks(&submission).unwrap()[0]
}

fn check_result(engine: &Engine, task: &Task, (run, word): (usize, &str), about: &str) {
    let detail = engine.store().detail(task.id).unwrap();
    if task.state != TaskState::Succeeded {
        assert_eq!(detail.transcripts, [], "{about}");
        return;
    }
    if task.operation == Operation::Resolve {
        let found = &task.found;
        assert_eq!(detail.transcripts, [], "{about}");
        assert!(found.title.is_some() && found.author.is_some(), "{about}: {found:?}");
        // By what the addresses show: the two workflows give them opposite names.
        let holds = |url: &Option<String>, part| url.as_ref().is_some_and(|it| it.contains(part));
        assert!(holds(&found.media_url, "/media/video/"), "{about}: {found:?}");
        assert!(holds(&found.cover_url, "/media/cover/"), "{about}: {found:?}");
        assert!(holds(&found.avatar_url, "/media/avatar/"), "{about}: {found:?}");
        return;
    }
    let [text] = &detail.transcripts[..] else { panic!("{about}: {:?}", detail.transcripts) };
    assert!(text.words > 20 && !text.text.contains("正在识别"), "{about}: {}", text.text);
    // Only a history is cut. A stream of which a part is missing is read again from its history.
    assert_eq!(text.incomplete, word == "trimmed" && run != 1, "{about}");
    assert_eq!(word == "long", text.words > 10_000, "{about}: {}", text.words);
}

/// Every word at every workflow, all run in one way, at one time with one account.
async fn check(run: usize) {
    let lab = lab("/coze", OURS, &rows(RUNS[run])).await;
    let engine = lab.engine.clone();
    let mut orders = Vec::new();
    for (workflow, _, operation) in WORKFLOWS {
        let words = WORDS.iter().map(|(word, rests)| (*word, rests[run]));
        for (word, rest) in words.chain([("empty", empty(run, operation))]) {
            // Each workflow gets links of its own, so that the counts are each one's own too.
            let code = format!("sb-{word}-{}", &workflow[18..]);
            orders.push((ask(&engine, workflow, operation, &code), word, rest, code));
        }
    }
    for (id, word, rest, code) in &orders {
        let about = format!("{} {code}", RUNS[run]);
        let task = rested(&engine, *id, *rest, &about).await;
        let full = *word == "concurrency" && run == 0;
        check_ledger(&engine, &task, *rest, if full { 3 } else { 1 }, &about);
        check_result(&engine, &task, (run, word), &about);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    for (id, _, rest, code) in &orders {
        assert!(rest.is(&engine.store().task(*id).unwrap()), "{code}");
    }
    // One for each run that was, or may have been.
    let free = |rest: Rest| matches!(rest, Failed(_, FREE));
    let paid = orders.iter().filter(|(_, _, rest, _)| !free(*rest)).count();
    assert_eq!(engine.store().spent_since(ID, Timestamp(0)).unwrap() as usize, paid);
    let calls = lab.close().await;
    for (id, _, _, code) in &orders {
        let attempts = engine.store().detail(*id).unwrap().attempts.len();
        let url = format!("https://v.douyin.com/{code}/");
        assert_eq!(calls.creates_by_link[&url], attempts as u64, "{code}");
    }
}

#[tokio::test]
async fn asynchronous_runs_come_to_rest_as_documented() {
    check(0).await;
}

#[tokio::test]
async fn runs_that_are_waited_for_come_to_rest_as_documented() {
    check(1).await;
}

#[tokio::test]
async fn streamed_runs_come_to_rest_as_documented() {
    check(2).await;
}

/// Each of these needs an account of its own, since it holds up the others.
#[tokio::test]
async fn runs_that_hold_up_others_come_to_rest_as_documented() {
    let held = Waits(TaskState::Running, Some(WaitReason::Key));
    for (word, rest) in [
        // A minute at every pace.
        ("rate", Waits(TaskState::Queued, Some(WaitReason::Rate))),
        ("badkey-poll", held),
        // The history says so too of a token that may not read it.
        ("not-yours", held),
        ("stalled", RUNS_ON),
    ] {
        let lab = lab("/coze", OURS, &rows("async")).await;
        let (workflow, _, operation) = WORKFLOWS[0];
        let id = ask(&lab.engine, workflow, operation, &format!("sb-{word}"));
        let task = rested(&lab.engine, id, rest, word).await;
        check_ledger(&lab.engine, &task, rest, 1, word);
        if rest == RUNS_ON {
            lab.asked(HISTORY, 5).await;
            assert!(rest.is(&lab.engine.store().task(id).unwrap()), "{word}");
        }
        assert_eq!(lab.close().await.creates["coze"], 1, "{word}");
    }
}

/// The record of a new run may be late for 15 seconds, which no pace shortens.
#[tokio::test]
async fn a_history_that_has_run_out_ends_its_run_and_nothing_else() {
    for (run, word) in [
        ("async", "expired"),
        ("async", "unknown-task"),
        ("sync", "expired"),
        ("stream", "expired"),
    ] {
        let lab = lab("/coze", OURS, &rows(run)).await;
        let ids = WORKFLOWS.map(|(workflow, _, operation)| {
            ask(&lab.engine, workflow, operation, &format!("sb-{word}-{}", &workflow[18..]))
        });
        let gone = Failed(FailureKind::NotFound, MAYBE);
        let rest = if run == "async" { gone } else { Done };
        if rest == gone {
            lab.asked(HISTORY, 8).await;
            let state = |id: &TaskId| lab.engine.store().task(*id).unwrap().state;
            assert!(!ids.iter().any(|id| state(id) == TaskState::Failed), "too early to say");
            lab.wait(15);
        }
        for id in ids {
            let task = rested(&lab.engine, id, rest, run).await;
            check_ledger(&lab.engine, &task, rest, 1, run);
        }
        lab.close().await;
    }
}

#[tokio::test]
async fn a_workflow_that_is_not_saved_is_refused_before_anything_is_sent() {
    let lab = lab("/coze", OURS, &rows("sync")).await;
    for (workflow, operation) in [
        (OF_COM, Operation::Transcribe),
        // It gives a transcript.
        (WORKFLOWS[0].0, Operation::Resolve),
    ] {
        let id = ask(&lab.engine, workflow, operation, "unsaved");
        rested(&lab.engine, id, Failed(FailureKind::InvalidInput, FREE), workflow).await;
    }
    assert!(lab.close().await.creates.is_empty());
}

/// What a run says, and what the free test of the account says.
async fn at(host: &str, tokens: [&str; 2], workflow: &str) -> (Option<Failure>, Option<Failure>) {
    let lab = lab(host, tokens, &row(workflow)).await;
    let id = ask(&lab.engine, workflow, Operation::Transcribe, "region");
    let ended = |task: &Task| matches!(task.state, TaskState::Succeeded | TaskState::Failed);
    let task = crate::rest::until(&lab.engine, id, ended, host).await;
    let attempts = lab.engine.store().detail(id).unwrap().attempts.len();
    let view = lab.engine.test_provider(ID).await.unwrap();
    assert_eq!((lab.close().await.creates["coze"], attempts), (1, 1));
    (task.failure, view.check_failure)
}

#[tokio::test]
async fn tokens_and_workflows_of_one_host_are_wrong_at_the_other() {
    let theirs = ["pat_sandbox_com", ""];
    let kinds = |(run, test): (Option<Failure>, Option<Failure>)| {
        let kind = |failure: Option<Failure>| failure.map(|it| (it.kind, it.charged));
        (kind(run), kind(test))
    };
    let wrong = Some((FailureKind::Unauthorized, FREE));
    let missing = Some((FailureKind::NotFound, FREE));
    let ours = WORKFLOWS[0].0;
    assert_eq!(kinds(at("/coze-com", theirs, OF_COM).await), (None, None));
    assert_eq!(kinds(at("/coze-com", OURS, OF_COM).await), (wrong, wrong));
    assert_eq!(kinds(at("/coze", theirs, ours).await), (wrong, wrong));
    // The test asks for a run that nobody made, and a missing workflow looks the same.
    assert_eq!(kinds(at("/coze-com", theirs, ours).await), (missing, None));
    assert_eq!(kinds(at("/coze", OURS, OF_COM).await), (missing, None));
}

#[tokio::test]
async fn a_token_that_may_not_read_histories_holds_its_runs_until_another_one_may() {
    // A service token that its owner let run workflows and nothing else.
    let lab = lab("/coze", ["sat_sandbox", ""], &rows("async")).await;
    let id = ask(&lab.engine, WORKFLOWS[0].0, Operation::Transcribe, "history");
    let held = Waits(TaskState::Running, Some(WaitReason::Key));
    rested(&lab.engine, id, held, "no permission").await;
    let failure = lab.engine.provider(ID).unwrap().check_failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Forbidden);
    let asked = lab.sandbox.calls().routes[HISTORY];
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(lab.sandbox.calls().routes[HISTORY], asked, "nothing is asked with that token");

    let token = ("history_token".to_owned(), "cztei_sandbox".to_owned());
    lab.engine.save_provider(ID, [token].into(), false).await.unwrap();
    let task = rested(&lab.engine, id, Done, "with the second token").await;
    check_ledger(&lab.engine, &task, Done, 1, "with the second token");
    let view = lab.engine.test_provider(ID).await.unwrap();
    assert_eq!(view.check_failure, None, "the token for runs need not read histories");
    lab.close().await;
}

#[tokio::test]
async fn a_token_for_histories_cannot_run_anything() {
    let lab = lab("/coze", ["cztei_sandbox", ""], &rows("async")).await;
    let id = ask(&lab.engine, WORKFLOWS[0].0, Operation::Transcribe, "history");
    rested(&lab.engine, id, Failed(FailureKind::Forbidden, FREE), "history only").await;
    lab.close().await;
}
