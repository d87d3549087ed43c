//! What is told, from a real history and its own announcements.

use shiwen_core::{
    AttemptId, Charged, Entry, Failure, Input, Link, LinkKind, NewTask, Platform, ProviderId,
    Timestamp, Unit,
};
use shiwen_store::{RawAnswer, Spent, Won};
use tempfile::TempDir;

use super::*;

const PROVIDER: ProviderId = ProviderId::Momoget;
const NOW: Timestamp = Timestamp(1_800_000_000_000);
const SPENT: Spent = Spent { unit: Unit::Use, amount: Some(1), said: false, certain: true };

/// A history, and somebody who hears of it.
struct Desk {
    folder: TempDir,
    store: Store,
    changes: Receiver<TaskChange>,
    underway: Underway,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let changes = store.changes();
        Self { folder, store, changes, underway: Underway::default() }
    }

    /// As after a restart of the program.
    fn reopened(self) -> Self {
        let Self { folder, store, .. } = self;
        drop((store, self.changes));
        let store = Store::open(folder.path()).unwrap();
        let underway = Underway::at_start(&store).unwrap();
        Self { folder, changes: store.changes(), store, underway }
    }

    fn pasted(&self, videos: &[&str]) -> Vec<TaskId> {
        let wishes: Vec<_> = videos.iter().map(|video| wish(video)).collect();
        self.store.add_tasks("x", &wishes, NOW).unwrap()
    }

    fn claim(&self, id: TaskId) -> AttemptId {
        self.store.claim(id, NOW).unwrap().attempt
    }

    fn run(&self, id: TaskId) {
        let attempt = self.claim(id);
        self.store.accepted(attempt, &id.to_string(), NOW, &SPENT, &answer(), NOW).unwrap();
    }

    fn win(&self, id: TaskId) {
        let won = Won { text: Some("四个汉字".to_owned()), ..Won::default() };
        self.store.won(id, &won, &answer(), NOW).unwrap();
    }

    fn lose(&self, id: TaskId) {
        self.store.lost(id, &failure(Charged::No), &answer(), NOW).unwrap();
    }

    fn doubt(&self, id: TaskId) {
        let attempt = self.claim(id);
        self.store.unknown(attempt, &failure(Charged::Unknown), &SPENT, None, NOW).unwrap();
    }

    /// Everything that was told since the last look.
    fn told(&mut self) -> Vec<News> {
        let mut rests = Vec::new();
        while let Ok(change) = self.changes.try_recv() {
            match change {
                TaskChange::Reload => rests.extend(self.underway.read_again(&self.store).unwrap()),
                change => rests.extend(self.underway.hear(&change)),
            }
        }
        rests.iter().filter_map(|rest| of_rest(&self.store, rest).unwrap()).collect()
    }

    fn paste_of(&self, id: TaskId) -> PasteId {
        self.store.task(id).unwrap().paste
    }
}

fn wish(video: &str) -> NewTask {
    NewTask {
        operation: Operation::Transcribe,
        provider: PROVIDER,
        link: Some(Link {
            url: format!("https://v.example/{video}"),
            platform: Platform::Douyin,
            kind: LinkKind::Video,
            id: Some(video.to_owned()),
            canonical: None,
            title: Some(format!("作品{video}")),
        }),
        input: Input::new(),
        parent: None,
        target_language: None,
        again: false,
        then: Vec::new(),
    }
}

fn answer() -> RawAnswer {
    RawAnswer { asked: "create", http_status: 200, body: Vec::new() }
}

fn failure(charged: Charged) -> Failure {
    Failure { charged, ..Failure::new(PROVIDER, FailureKind::ProviderInternal) }
}

fn states(news: &[News]) -> Vec<(TaskId, TaskState)> {
    let one = |news: &News| match news {
        News::One { task, state, .. } => (*task, *state),
        News::Several { .. } => panic!("{news:?}"),
    };
    news.iter().map(one).collect()
}

#[test]
fn a_paste_is_told_once_when_the_last_of_its_tasks_has_ended() {
    let mut desk = Desk::new();
    let ids = desk.pasted(&["a", "b", "c"]);
    desk.run(ids[0]);
    desk.win(ids[0]);
    desk.doubt(ids[1]);
    desk.run(ids[2]);
    assert_eq!(desk.told(), []);
    desk.lose(ids[2]);
    let paste = desk.paste_of(ids[0]);
    let all = News::Several { paste, done: 1, failed: 1, uncertain: 1, cancelled: 0 };
    assert_eq!(desk.told(), [all]);
    desk.store.star(&ids, true).unwrap();
    desk.store.save_text(ids[0], "改过", NOW).unwrap();
    assert_eq!(desk.told(), [], "what is done to ended tasks is no news");
}

#[test]
fn announcements_that_come_late_make_no_second_news() {
    let mut desk = Desk::new();
    let ids = desk.pasted(&["a", "b"]);
    // Heard only after the store knows all of it.
    ids.iter().for_each(|id| desk.run(*id));
    ids.iter().for_each(|id| desk.win(*id));
    assert_eq!(desk.told().len(), 1);
}

#[test]
fn one_task_is_told_with_its_words_and_title() {
    let mut desk = Desk::new();
    let id = desk.pasted(&["a"])[0];
    desk.run(id);
    desk.win(id);
    let one = News::One {
        task: id,
        operation: Operation::Transcribe,
        state: TaskState::Succeeded,
        words: Some(4),
        title: Some("作品a".to_owned()),
        failure: None,
    };
    assert_eq!(desk.told(), [one]);
}

#[test]
fn what_was_ordered_with_a_form_is_told_by_what_it_is_about() {
    let mut desk = Desk::new();
    let prompt = Entry::Text("阳台上的番茄".to_owned());
    let order = NewTask {
        operation: Operation::GenerateImage,
        link: None,
        input: Input::from([("prompt".to_owned(), prompt)]),
        ..wish("")
    };
    let id = desk.store.add_tasks("", &[order], NOW).unwrap()[0];
    desk.doubt(id);
    let one = News::One {
        task: id,
        operation: Operation::GenerateImage,
        state: TaskState::Uncertain,
        words: None,
        title: Some("阳台上的番茄".to_owned()),
        failure: Some(FailureKind::ProviderInternal),
    };
    assert_eq!(desk.told(), [one]);
}

#[test]
fn what_the_user_ends_himself_is_no_news() {
    let mut desk = Desk::new();
    let ids = desk.pasted(&["a", "b", "c", "d"]);
    desk.run(ids[0]);
    desk.win(ids[0]);
    desk.store.cancel(ids[1], NOW).unwrap();
    desk.run(ids[2]);
    desk.store.cancel(ids[2], NOW).unwrap();
    desk.store.delete(ids[3], NOW).unwrap();
    assert_eq!(desk.told(), []);
    // Given up after the doubt was told.
    let id = desk.pasted(&["e"])[0];
    desk.doubt(id);
    assert_eq!(states(&desk.told()), [(id, TaskState::Uncertain)]);
    desk.store.give_up(id, NOW).unwrap();
    assert_eq!(desk.told(), []);
}

#[test]
fn what_is_left_of_a_paste_is_told_after_the_user_cancelled_the_rest() {
    let mut desk = Desk::new();
    let ids = desk.pasted(&["a", "b", "c"]);
    desk.run(ids[0]);
    desk.run(ids[1]);
    let paste = desk.paste_of(ids[0]);
    assert_eq!(desk.store.cancel_waiting(paste, NOW).unwrap(), 1);
    desk.win(ids[0]);
    desk.win(ids[1]);
    let all = News::Several { paste, done: 2, failed: 0, uncertain: 0, cancelled: 1 };
    assert_eq!(desk.told(), [all]);
}

#[test]
fn a_task_that_is_tried_again_is_news_again() {
    let mut desk = Desk::new();
    let ids = desk.pasted(&["a", "b"]);
    ids.iter().for_each(|id| desk.run(*id));
    ids.iter().for_each(|id| desk.lose(*id));
    assert_eq!(desk.told().len(), 1);
    desk.store.retry(ids[1]).unwrap();
    desk.run(ids[1]);
    assert_eq!(desk.told(), []);
    desk.win(ids[1]);
    assert_eq!(states(&desk.told()), [(ids[1], TaskState::Succeeded)]);
}

#[test]
fn a_doubt_that_clears_up_is_news_again() {
    let mut desk = Desk::new();
    let id = desk.pasted(&["a"])[0];
    desk.doubt(id);
    assert_eq!(states(&desk.told()), [(id, TaskState::Uncertain)]);
    desk.store.adopt(id, "found", NOW).unwrap();
    desk.win(id);
    assert_eq!(states(&desk.told()), [(id, TaskState::Succeeded)]);
}

#[test]
fn a_paused_paste_is_not_over() {
    let mut desk = Desk::new();
    let ids = desk.pasted(&["a", "b"]);
    desk.run(ids[0]);
    let paste = desk.paste_of(ids[0]);
    desk.store.pause_paste(paste).unwrap();
    desk.win(ids[0]);
    assert_eq!(desk.told(), []);
}

#[test]
fn after_a_start_only_what_ends_from_then_on_is_told() {
    let desk = Desk::new();
    let ids = desk.pasted(&["old", "lost"]);
    desk.run(ids[0]);
    desk.win(ids[0]);
    desk.claim(ids[1]);
    let running = desk.pasted(&["still"])[0];
    desk.run(running);

    let mut desk = desk.reopened();
    desk.store.recover(|_| (failure(Charged::Unknown), SPENT), NOW).unwrap();
    desk.store.star(&ids, true).unwrap();
    assert_eq!(desk.told(), []);
    desk.win(running);
    assert_eq!(states(&desk.told()), [(running, TaskState::Succeeded)]);
}

#[test]
fn what_another_process_wrote_is_told_as_well() {
    let mut desk = Desk::new();
    let ids = desk.pasted(&["a", "b", "c"]);
    desk.run(ids[0]);
    desk.run(ids[1]);
    assert_eq!(desk.told(), []);
    let other = Store::open(desk.folder.path()).unwrap();
    let won = Won { text: Some("好".to_owned()), ..Won::default() };
    other.won(ids[0], &won, &answer(), NOW).unwrap();
    other.lost(ids[1], &failure(Charged::No), &answer(), NOW).unwrap();
    other.cancel(ids[2], NOW).unwrap();
    let later = other.add_tasks("x", &[wish("d")], NOW).unwrap()[0];
    assert!(desk.store.notice_others().unwrap());
    let paste = desk.paste_of(ids[0]);
    let all = News::Several { paste, done: 1, failed: 1, uncertain: 0, cancelled: 1 };
    assert_eq!(desk.told(), [all]);
    desk.run(later);
    desk.win(later);
    assert_eq!(states(&desk.told()), [(later, TaskState::Succeeded)]);
}

#[tokio::test]
async fn a_listener_hears_it_while_the_store_is_open() {
    let desk = Desk::new();
    let (sender, mut news) = tokio::sync::broadcast::channel(BACKLOG);
    let changes = desk.store.changes();
    let telling = tokio::spawn(tell(desk.store.clone(), changes, Underway::default(), sender));
    let id = desk.pasted(&["a"])[0];
    desk.run(id);
    desk.lose(id);
    let told = news.recv().await.unwrap();
    assert_eq!(states(&[told]), [(id, TaskState::Failed)]);
    telling.abort();
}
