//! A history in a folder of its own, tasks in every situation, and a second look at the file past the store.

use std::{path::PathBuf, time::Duration};

use rusqlite::{Connection, types::Value};
pub(crate) use shiwen_core::Desk;
use shiwen_core::{
    AttemptId, Charged, Failure, FailureKind, Found, Input, Link, LinkKind, NewTask, Operation,
    Outcome, Platform, ProviderId, Task, TaskChange, TaskDetail, TaskId, TaskState, Timestamp,
    Unit, Wait, WaitReason,
};
use shiwen_store::{Claimed, Poll, RawAnswer, Spent, Store, Won};
use tempfile::TempDir;
use tokio::sync::broadcast::Receiver;

pub(crate) const PROVIDER: ProviderId = ProviderId::Momoget;

/// A moment of the tests' own time, `ms` after its beginning.
pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp(1_800_000_000_000 + ms)
}

/// A store in a folder of its own.
pub(crate) struct History {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
}

impl History {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        Self { folder, store }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("shiwen.db")
    }

    /// The same file, past the store.
    pub(crate) fn sql(&self) -> Connection {
        let connection = Connection::open(self.file()).unwrap();
        connection.busy_timeout(Duration::from_secs(5)).unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        connection
    }

    /// A second store on the same file, as another process has it.
    pub(crate) fn other(&self) -> Store {
        Store::open(self.folder.path()).unwrap()
    }

    /// As after the end of the program and its next start.
    pub(crate) fn reopened(self) -> Self {
        let Self { folder, store } = self;
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        Self { folder, store }
    }

    /// A new queued task on the video `id`.
    pub(crate) fn queued(&self, id: &str) -> TaskId {
        self.store.add_tasks(&pasted(id), &[wish(id)], at(0)).unwrap()[0]
    }

    /// A new task whose create call is out.
    pub(crate) fn submitting(&self, id: &str) -> (TaskId, AttemptId) {
        let task = self.queued(id);
        (task, self.store.claim(task, at(10)).unwrap().attempt)
    }

    /// A new task that its provider works on, to be asked at `at(1000)`.
    pub(crate) fn running(&self, id: &str) -> TaskId {
        let (task, attempt) = self.submitting(id);
        self.accept(attempt, &remote(id));
        task
    }

    pub(crate) fn accept(&self, attempt: AttemptId, remote_id: &str) {
        let answer = answer("create");
        self.store.accepted(attempt, remote_id, at(1000), &spent(1), &answer, at(20)).unwrap();
    }

    /// A new task in this situation.
    pub(crate) fn in_situation(&self, situation: Situation, id: &str) -> TaskId {
        let store = &self.store;
        match situation {
            Situation::Queued => self.queued(id),
            Situation::GaveUpSending => {
                let (task, attempt) = self.submitting(id);
                let wait = Wait { reason: WaitReason::GaveUpSending, until: None };
                store
                    .sent_back(attempt, Outcome::NotSent, &failure(Charged::No), wait, at(20))
                    .unwrap();
                task
            }
            Situation::Submitting => self.submitting(id).0,
            Situation::Running => self.running(id),
            Situation::Succeeded => {
                let task = self.running(id);
                store.won(task, &won(id), &answer("result"), at(30)).unwrap();
                task
            }
            Situation::Failed => {
                let task = self.running(id);
                store.lost(task, &failure(Charged::No), &answer("status"), at(30)).unwrap();
                task
            }
            Situation::CancelledBefore => {
                let task = self.queued(id);
                store.cancel(task, at(30)).unwrap();
                task
            }
            Situation::StoppedWaiting => {
                let task = self.running(id);
                store.cancel(task, at(30)).unwrap();
                task
            }
            Situation::Uncertain => {
                let (task, attempt) = self.submitting(id);
                let failure = failure(Charged::Unknown);
                store.unknown(attempt, &failure, &unsure(1), None, at(20)).unwrap();
                task
            }
            Situation::GaveUp => {
                let task = self.in_situation(Situation::Uncertain, id);
                store.give_up(task, at(30)).unwrap();
                task
            }
        }
    }

    pub(crate) fn task(&self, id: TaskId) -> Task {
        self.store.task(id).unwrap()
    }

    pub(crate) fn detail(&self, id: TaskId) -> TaskDetail {
        self.store.detail(id).unwrap()
    }

    pub(crate) fn state(&self, id: TaskId) -> TaskState {
        self.task(id).state
    }

    /// Every row that belongs to a task, as it stands in the file.
    pub(crate) fn rows(&self, id: TaskId) -> Vec<(&'static str, Vec<Vec<Value>>)> {
        let sql = self.sql();
        let tables = [
            ("tasks", "SELECT * FROM tasks WHERE id = ?1"),
            ("attempts", "SELECT * FROM attempts WHERE task_id = ?1 ORDER BY id"),
            ("transcripts", "SELECT * FROM transcripts WHERE task_id = ?1 ORDER BY id"),
            ("answers", "SELECT * FROM answers WHERE task_id = ?1 ORDER BY id"),
            ("spend", "SELECT * FROM spend WHERE task_id = ?1 ORDER BY id"),
        ];
        tables
            .map(|(table, select)| {
                let mut statement = sql.prepare(select).unwrap();
                let columns = statement.column_count();
                let rows = statement
                    .query_map([id.0], |row| (0..columns).map(|column| row.get(column)).collect())
                    .unwrap();
                (table, rows.collect::<Result<_, _>>().unwrap())
            })
            .into()
    }
}

/// Everywhere a task can be, the ways into `cancelled` and the waits of `queued` told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Situation {
    Queued,
    GaveUpSending,
    Submitting,
    Running,
    Succeeded,
    Failed,
    CancelledBefore,
    StoppedWaiting,
    GaveUp,
    Uncertain,
}

impl Situation {
    pub(crate) const ALL: [Self; 10] = [
        Self::Queued,
        Self::GaveUpSending,
        Self::Submitting,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::CancelledBefore,
        Self::StoppedWaiting,
        Self::GaveUp,
        Self::Uncertain,
    ];
}

/// What was pasted for the video `id`.
pub(crate) fn pasted(id: &str) -> String {
    format!("7.43 复制打开抖音，看看【作品{id}】 {} :7pm", link(id).url)
}

pub(crate) fn link(id: &str) -> Link {
    let url = format!("https://www.douyin.com/video/{id}");
    Link {
        canonical: Some(url.clone()),
        url,
        platform: Platform::Douyin,
        kind: LinkKind::Video,
        id: Some(id.to_owned()),
        title: Some(format!("作品{id}")),
    }
}

pub(crate) fn wish(id: &str) -> NewTask {
    NewTask {
        operation: Operation::Transcribe,
        provider: PROVIDER,
        link: Some(link(id)),
        input: Input::new(),
        parent: None,
        target_language: None,
        again: false,
        then: Vec::new(),
    }
}

/// The provider's id for the task on the video `id`.
pub(crate) fn remote(id: &str) -> String {
    format!("remote-{id}")
}

pub(crate) fn failure(charged: Charged) -> Failure {
    Failure {
        charged,
        http_status: Some(500),
        code: Some("E7".to_owned()),
        message: Some("处理失败".to_owned()),
        ..Failure::new(PROVIDER, FailureKind::ProviderInternal)
    }
}

pub(crate) fn answer(asked: &'static str) -> RawAnswer {
    RawAnswer { asked, http_status: 200, body: format!("{{\"asked\":\"{asked}\"}}").into_bytes() }
}

pub(crate) fn spent(amount: u32) -> Spent {
    Spent { unit: Unit::Use, amount: Some(amount), said: false, certain: true }
}

pub(crate) fn unsure(amount: u32) -> Spent {
    Spent { certain: false, ..spent(amount) }
}

pub(crate) fn won(id: &str) -> Won {
    Won {
        text: Some(format!("这是作品{id}的文案。")),
        incomplete: false,
        found: Found {
            title: Some(format!("服务商说的标题{id}")),
            author: Some("小厨房".to_owned()),
            duration_s: Some(63),
            cover_url: Some("https://cover.example/1.jpg".to_owned()),
            media_url: Some("https://media.example/1.mp4".to_owned()),
            ..Found::default()
        },
        ..Won::default()
    }
}

pub(crate) fn poll(next: Option<Timestamp>) -> Poll {
    Poll { progress: None, next_poll_at: next, fetching: false, stalled: false, bad: false }
}

pub(crate) fn last_attempt(detail: &TaskDetail) -> Option<Claimed> {
    let urls = detail.task.link.iter().map(|link| link.url.clone()).collect();
    detail.attempts.last().map(|last| Claimed {
        attempt: last.id,
        number: last.number,
        tasks: vec![detail.task.id],
        urls,
    })
}

/// What has been announced since the last look.
pub(crate) fn announced(changes: &mut Receiver<TaskChange>) -> Vec<TaskChange> {
    std::iter::from_fn(|| changes.try_recv().ok()).collect()
}
