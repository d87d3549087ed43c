//! Tasks without a link: what is made by a form, its edits, and what was begun elsewhere.

use shiwen_core::{
    Analysis, CancelCause, Entry, Input, NewTask, Operation, Output, ProviderId, TaskId, TaskState,
    Work, WorkKind,
};
use shiwen_store::{RawAnswer, Spent, StoreError, Won};

use crate::fixture::*;

const UGC: ProviderId = ProviderId::RawUgc;

fn input(fields: &[(&str, &str)]) -> Input {
    fields
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Entry::Text((*text).to_owned())))
        .collect()
}

fn order(operation: Operation, fields: &[(&str, &str)]) -> NewTask {
    NewTask { operation, provider: UGC, link: None, input: input(fields), ..wish("x") }
}

fn added(history: &History, order: &NewTask) -> TaskId {
    history.store.add_tasks("", std::slice::from_ref(order), at(0)).unwrap()[0]
}

fn work(id: &str, url: &str) -> Work {
    Work {
        kind: WorkKind::Video,
        remote_id: Some(id.to_owned()),
        version: 1,
        edit: None,
        url: url.to_owned(),
        expires_at: None,
        cover_url: None,
        title: None,
        duration_s: None,
    }
}

fn made(works: Vec<Work>) -> Won {
    Won { output: Some(Output::Works { works }), ..Won::default() }
}

fn answer() -> RawAnswer {
    crate::fixture::answer("result")
}

/// A generated video with the id `vid_1`, made of a form.
fn generated(history: &History) -> TaskId {
    let fields = [("prompt", "一只猫"), ("model", "veo3")];
    let id = added(history, &order(Operation::GenerateVideo, &fields));
    let attempt = history.store.claim(id, at(10)).unwrap().attempt;
    let said = Spent { said: true, ..spent(12) };
    history.store.accepted(attempt, "vid_1", at(1000), &said, &answer(), at(20)).unwrap();
    let won = made(vec![work("vid_1", "https://media.example/1.mp4?sign=old")]);
    history.store.won(id, &won, &answer(), at(30)).unwrap();
    id
}

fn edited(history: &History, parent: TaskId) -> TaskId {
    let order = order(Operation::Captions, &[("videoId", "vid_1")]);
    let id = added(history, &NewTask { parent: Some(parent), ..order });
    let attempt = history.store.claim(id, at(40)).unwrap().attempt;
    let edit = Work {
        version: 2,
        edit: Some("captions".to_owned()),
        ..work("vid_2", "https://m.example/2.mp4")
    };
    let won = Won { cost: Some(1), ..made(vec![edit]) };
    history.store.won_at_once(attempt, &won, &spent(1), &answer(), at(50)).unwrap();
    id
}

fn works_of(history: &History, id: TaskId) -> Vec<String> {
    match history.detail(id).output {
        Some(Output::Works { works }) => {
            works.into_iter().filter_map(|work| work.remote_id).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_desk_has_a_list_of_its_own() {
    let history = History::new();
    let text = history.queued("1");
    let video = added(&history, &order(Operation::GenerateVideo, &[("prompt", "x")]));
    let image = added(&history, &order(Operation::GenerateImage, &[("prompt", "x")]));
    let scrape = added(&history, &order(Operation::Scrape, &[("query", "x")]));
    for (desk, expected) in [
        (Desk::Texts, vec![text]),
        (Desk::Works, vec![image, video]),
        (Desk::Research, vec![scrape]),
    ] {
        let page = history.store.tasks(desk, None, 10).unwrap();
        let found: Vec<_> = page.tasks.iter().map(|task| task.id).collect();
        assert_eq!((found, page.total as usize), (expected.clone(), expected.len()), "{desk}");
    }
    let page = history.store.tasks(Desk::Works, None, 1).unwrap();
    let next = history.store.tasks(Desk::Works, page.before, 1).unwrap();
    assert_eq!(next.tasks[0].id, video);
}

#[test]
fn what_was_filled_in_is_kept_and_shown_in_short() {
    let history = History::new();
    let long = "猫".repeat(300);
    let fields = [("prompt", long.as_str()), ("model", "veo3")];
    let id = added(&history, &order(Operation::GenerateVideo, &fields));
    let detail = history.detail(id);
    assert_eq!(detail.input, input(&fields));
    assert_eq!(detail.task.subject.unwrap().chars().count(), 200);
    assert_eq!((detail.task.model.as_deref(), detail.task.link), (Some("veo3"), None));
    let due = history.store.due_to_submit(UGC, at(0), 1).unwrap().remove(0);
    assert_eq!((due.input, due.urls), (input(&fields), vec![]));
    assert_eq!(history.store.claim(id, at(1)).unwrap().urls, Vec::<String>::new());
}

#[test]
fn the_same_form_may_be_sent_twice() {
    let history = History::new();
    let order = order(Operation::GenerateImage, &[("prompt", "x")]);
    assert_ne!(added(&history, &order), added(&history, &order));
}

#[test]
fn a_work_is_listed_with_its_cost_and_its_edits_stand_with_it() {
    let history = History::new();
    let video = generated(&history);
    let edit = edited(&history, video);
    assert_eq!(history.task(video).cost, Some(12));
    assert_eq!(history.task(edit).cost, Some(1));
    assert_eq!(history.task(video).works.len(), 1);
    assert_eq!(works_of(&history, video), ["vid_1", "vid_2"]);
    assert_eq!(works_of(&history, edit), ["vid_2"]);
    let task = history.task(edit);
    assert_eq!((task.parent, task.subject.as_deref()), (Some(video), Some("一只猫")));
    assert_eq!(history.store.spent_since(UGC, at(0)).unwrap(), 13);
}

#[test]
fn edits_outlive_their_work_and_leave_it_with_their_own_end() {
    let history = History::new();
    let video = generated(&history);
    let edit = edited(&history, video);
    history.store.delete(video, at(60)).unwrap();
    assert_eq!(works_of(&history, edit), ["vid_2"]);
    let listed = history.store.tasks(Desk::Works, None, 10).unwrap().tasks;
    assert_eq!(listed.iter().map(|task| task.id).collect::<Vec<_>>(), [edit]);
    history.store.restore(video).unwrap();
    history.store.delete(edit, at(70)).unwrap();
    assert_eq!(works_of(&history, video), ["vid_1"]);

    history.store.restore(edit).unwrap();
    history.sql().execute("DELETE FROM tasks WHERE id = ?1", [video.0]).unwrap();
    assert_eq!(history.task(edit).parent, None);
    assert_eq!(works_of(&history, edit), ["vid_2"]);
}

#[test]
fn a_result_that_is_no_work_comes_back_as_it_was() {
    let history = History::new();
    let id = history.running("1");
    let analysis = Analysis { summary: Some("讲番茄".to_owned()), ..Analysis::default() };
    let output = Some(Output::Analysis(analysis));
    let won = Won { output: output.clone(), ..Won::default() };
    history.store.won(id, &won, &answer(), at(30)).unwrap();
    let detail = history.detail(id);
    assert_eq!((detail.output, detail.task.works), (output, vec![]));
}

#[test]
fn new_addresses_change_neither_state_nor_text() {
    let history = History::new();
    let video = generated(&history);
    edited(&history, video);
    let before = history.task(video);
    let fresh = vec![
        work("vid_1", "https://media.example/1.mp4?sign=new"),
        Work { version: 2, ..work("vid_2", "https://media.example/2.mp4?sign=new") },
    ];
    history.store.refreshed(video, &made(fresh.clone()), &answer(), at(90)).unwrap();
    let after = history.task(video);
    assert_eq!(after.works, fresh);
    assert_eq!(after.found.learned_at, Some(at(90)));
    assert_eq!((after.state, after.ended_at), (before.state, before.ended_at));
    assert_eq!(works_of(&history, video), ["vid_1", "vid_2"], "none twice");

    let text = history.in_situation(Situation::Succeeded, "t");
    let detail = history.detail(text);
    let fresh = Won { text: Some("另一个".to_owned()), ..Won::default() };
    history.store.refreshed(text, &fresh, &answer(), at(90)).unwrap();
    let after = history.detail(text);
    assert_eq!((after.transcripts, after.task.words), (detail.transcripts, detail.task.words));
    assert_eq!(after.task.title(), detail.task.title(), "what does not come again stays");
    for from in [Situation::Queued, Situation::Running, Situation::Failed] {
        let id = history.in_situation(from, &format!("{from:?}"));
        let refreshed = history.store.refreshed(id, &fresh, &answer(), at(90));
        assert!(matches!(refreshed, Err(StoreError::WrongState)), "{from:?}: {refreshed:?}");
    }
}

#[test]
fn what_the_provider_says_it_took_replaces_what_it_was_expected_to() {
    let history = History::new();
    let id = history.running("1");
    let won = Won { cost: Some(63), ..won("1") };
    history.store.won(id, &won, &answer(), at(30)).unwrap();
    assert_eq!(history.task(id).cost, Some(63));
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 63);
}

#[test]
fn what_was_begun_elsewhere_is_followed_by_its_id_for_nothing() {
    let history = History::new();
    let follow =
        |id: &str| history.store.add_followed(PROVIDER, Operation::Transcribe, id, at(5)).unwrap();
    let id = follow("elsewhere");
    let task = history.task(id);
    assert_eq!((task.state, task.link), (TaskState::Running, None));
    assert_eq!(task.subject.as_deref(), Some("elsewhere"));
    assert_eq!(task.remote_id.as_deref(), Some("elsewhere"));
    assert_eq!(history.detail(id).share_text, "elsewhere");
    assert_eq!(history.store.due_to_follow(at(5), 10).unwrap()[0].task.id, id);
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 0);
    assert_eq!(history.detail(id).attempts[0].remote_id.as_deref(), Some("elsewhere"));
    history.store.won(id, &won("1"), &answer(), at(30)).unwrap();
    assert_eq!(history.detail(id).transcripts.len(), 1);
    assert_eq!(history.detail(id).usual_s, None);
    assert_eq!(follow("elsewhere"), id, "known already");
    assert_eq!(history.state(id), TaskState::Succeeded);
}

#[test]
fn an_id_that_history_has_answers_its_task_and_brings_it_back() {
    let history = History::new();
    let follow =
        |id: &str| history.store.add_followed(PROVIDER, Operation::Transcribe, id, at(5)).unwrap();
    let own = history.running("1");
    history.store.cancel(own, at(2)).unwrap();
    assert_eq!(history.task(own).cancel_cause, Some(CancelCause::StoppedWaiting));
    history.store.delete(own, at(3)).unwrap();
    assert_eq!(follow(&remote("1")), own);
    assert_eq!(history.state(own), TaskState::Running);
    assert_eq!(history.store.tasks(Desk::Texts, None, 10).unwrap().total, 1);
    let elsewhere =
        history.store.add_followed(ProviderId::Coze, Operation::Transcribe, &remote("1"), at(6));
    assert_ne!(elsewhere.unwrap(), own, "another provider's id");
}

#[test]
fn what_is_only_followed_cannot_be_sent_again() {
    let history = History::new();
    let id = history.store.add_followed(PROVIDER, Operation::Transcribe, "no", at(5)).unwrap();
    history.store.lost(id, &failure(shiwen_core::Charged::No), &answer(), at(6)).unwrap();
    let retried = history.store.retry(id);
    assert!(matches!(retried, Err(StoreError::WrongState)), "{retried:?}");
}
