//! The world around one run of the program: time, network, disk, the services, and when the program is killed.
//! A dead program writes nothing and sends nothing; what stays of it is a copy of its folder, as it was at that moment.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use fastrand::Rng;
use shiwen_core::{ProviderId, TaskChange, TaskState, Timestamp};
use shiwen_engine::Clock;
use shiwen_store::{StoreError, faults::Moment};
use tokio::{sync::Notify, time::Instant};

use crate::{
    ledger::{Ledger, Verdict},
    points::{Coverage, Event, KillPoint},
    speech::keys_in,
};

const BEGIN: i64 = 1_790_000_000_000;
/// Writes that may fit into the room of the reserve; somebody else may be faster to take it.
const RESERVE_HOLDS: u32 = 3;

/// What the program does at this moment, as far as a witness can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Anything,
    Starting,
    /// The user decides something.
    Deciding,
    /// The answer to a create call came in.
    AnswerCame,
    /// A result came in.
    ResultCame,
}

/// Kill the program when it passes this point for the n-th time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) point: KillPoint,
    pub(crate) passes: u32,
}

pub(crate) struct World {
    start: Instant,
    state: Mutex<State>,
    pub(crate) died: Notify,
    /// What another process does just before the program's next write.
    ambush: Mutex<Option<Ambush>>,
}

pub(crate) type Ambush = Box<dyn FnOnce() + Send>;

pub(crate) struct State {
    pub(crate) seed: u64,
    pub(crate) ledger: Ledger,
    pub(crate) coverage: Coverage,
    pub(crate) violations: Vec<String>,
    /// None: nobody reads it.
    pub(crate) trace: Option<Vec<String>>,
    pub(crate) plan: Option<Plan>,
    pub(crate) dead: bool,
    pub(crate) life: u32,
    pub(crate) doing: Doing,
    /// Part of the calls that meet anything else than a good answer.
    pub(crate) faults: f64,
    pub(crate) offline: bool,
    /// Room for so many writes; none: there is room.
    pub(crate) disk_room: Option<u32>,
    pub(crate) bad_keys: BTreeSet<ProviderId>,
    /// Keys of tasks that were uncertain when they were last written.
    uncertain: BTreeSet<String>,
    /// Keys of tasks of which the user decided to hear no more.
    pub(crate) left: BTreeSet<String>,
    /// Milliseconds in which the machine slept.
    slept: i64,
    /// Milliseconds by which the clock was set.
    set: i64,
    elapsed: i64,
    root: PathBuf,
    pub(crate) folder: PathBuf,
    folders: u32,
}

impl World {
    pub(crate) fn new(seed: u64, root: &Path, template: &Path, traced: bool) -> Arc<Self> {
        let state = State {
            seed,
            ledger: Ledger::default(),
            coverage: Coverage::default(),
            violations: Vec::new(),
            trace: traced.then(Vec::new),
            plan: None,
            dead: false,
            life: 0,
            doing: Doing::Anything,
            faults: 0.0,
            offline: false,
            disk_room: None,
            bad_keys: BTreeSet::new(),
            uncertain: BTreeSet::new(),
            left: BTreeSet::new(),
            slept: 0,
            set: 0,
            elapsed: 0,
            root: root.to_owned(),
            folder: template.to_owned(),
            folders: 0,
        };
        let (state, died) = (Mutex::new(state), Notify::new());
        let world = Self { start: Instant::now(), state, died, ambush: Mutex::default() };
        world.state().move_folder();
        Arc::new(world)
    }

    /// Another process does this just before the program writes the next time.
    pub(crate) fn ambush(&self, ambush: Option<Ambush>) {
        *self.ambush.lock().unwrap() = ambush;
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.elapsed = i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX);
        state
    }

    /// The program comes by this point; true when it is killed there.
    pub(crate) fn passes(&self, point: KillPoint) -> bool {
        let mut state = self.state();
        state.passes(point);
        let dead = state.dead;
        drop(state);
        if dead {
            self.died.notify_one();
        }
        dead
    }

    /// Stands beside every write of the program.
    pub(crate) fn witness(&self, moment: &Moment<'_>) -> Result<(), StoreError> {
        if matches!(moment, Moment::Begin) {
            let ambush = self.ambush.lock().unwrap().take();
            if let Some(ambush) = ambush {
                ambush();
            }
        }
        let mut state = self.state();
        if state.dead {
            return Err(StoreError::Busy);
        }
        let answer = state.witness(moment);
        let dead = state.dead;
        drop(state);
        if dead {
            self.died.notify_one();
            return Err(StoreError::Busy);
        }
        answer
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        let mut state = self.state();
        let point = match state.doing {
            Doing::AnswerCame => Some(KillPoint::AnswerReceived),
            Doing::ResultCame => Some(KillPoint::ResultReceived),
            _ => None,
        };
        if let Some(point) = point.filter(|_| !state.dead) {
            state.passes(point);
            if state.dead {
                self.died.notify_one();
            }
        }
        Timestamp(state.wall())
    }
}

impl State {
    /// What the clock on the wall says.
    pub(crate) fn wall(&self) -> i64 {
        self.truly() + self.set
    }

    /// Time that nobody sets.
    pub(crate) fn truly(&self) -> i64 {
        BEGIN + self.elapsed + self.slept
    }

    pub(crate) fn elapsed_ms(&self) -> usize {
        usize::try_from(self.elapsed).unwrap_or(usize::MAX)
    }

    pub(crate) fn sleep(&mut self, long: Duration) {
        self.slept += i64::try_from(long.as_millis()).unwrap_or(0);
        self.coverage.event(Event::Slept);
        self.note(|| format!("the machine slept for {long:?}"));
    }

    pub(crate) fn set_clock(&mut self, by_ms: i64) {
        self.set += by_ms;
        // How late an id may be is counted by the clock that was just set; that is not what is tried here.
        let now = self.truly();
        self.ledger
            .remotes
            .iter_mut()
            .for_each(|remote| remote.known_at = remote.known_at.min(now));
        let event = if by_ms < 0 { Event::ClockSetBack } else { Event::ClockSetAhead };
        self.coverage.event(event);
        self.note(|| format!("the clock was set by {by_ms} ms"));
    }

    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        let at = self.truly() - BEGIN;
        let life = self.life;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>9}.{:03} life {life}  {}", at / 1000, at % 1000, line()));
        }
    }

    pub(crate) fn violated(&mut self, what: String) {
        self.note(|| format!("VIOLATED {what}"));
        self.violations.push(what);
    }

    /// Chance that depends on the seed and on what it is drawn for, not on the order of the draws.
    pub(crate) fn chance(&self, of: &str, number: usize) -> Rng {
        let mut hash = self.seed ^ 0xcbf2_9ce4_8422_2325;
        for byte in of.bytes().chain(number.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Rng::with_seed(hash)
    }

    fn passes(&mut self, point: KillPoint) {
        let Some(plan) = self.plan.as_mut().filter(|plan| plan.point == point) else { return };
        if self.dead {
            return;
        }
        plan.passes = plan.passes.saturating_sub(1);
        if plan.passes == 0 {
            self.die(point);
        }
    }

    fn die(&mut self, point: KillPoint) {
        self.note(|| format!("KILLED at {point:?}"));
        self.coverage.kill(point);
        self.plan = None;
        self.dead = true;
        self.disk_room = None;
        self.move_folder();
        // Whoever had a call out must not make it again unasked, whatever the service made of it.
        let life = self.life;
        self.ledger.killed.insert(life);
        let out = self.ledger.calls.iter().filter(|call| call.life == life && !call.settled);
        let keys: Vec<_> = out.flat_map(|call| call.keys.clone()).collect();
        for key in keys {
            self.ledger.revoke(&key);
        }
    }

    /// The folder as it is now, where the next life finds it.
    fn move_folder(&mut self) {
        let next = self.root.join(format!("life-{}", self.folders));
        self.folders += 1;
        fs::create_dir_all(&next).unwrap();
        for entry in fs::read_dir(&self.folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            // The index of the log is made again by whoever finds the log; locks end with their process.
            let left =
                name.to_str().is_some_and(|it| it.ends_with("-shm") || it.ends_with(".lock"));
            if left || !entry.file_type().unwrap().is_file() {
                continue;
            }
            match name == "reserve.bin" {
                true => fs::hard_link(entry.path(), next.join(name)).unwrap(),
                false => drop(fs::copy(entry.path(), next.join(name)).unwrap()),
            }
        }
        self.folder = next;
    }

    fn reserve(&self) -> PathBuf {
        self.folder.join("reserve.bin")
    }

    /// Nothing more fits on the disk but what the reserve gives.
    pub(crate) fn fill_disk(&mut self) {
        self.disk_room = Some(0);
        self.coverage.event(Event::DiskFull);
        self.note(|| "the disk is full".to_owned());
    }

    pub(crate) fn empty_disk(&mut self) {
        self.disk_room = None;
        // What stood in the place of the reserve.
        let _ = fs::remove_dir(self.reserve());
        self.note(|| "the disk has room".to_owned());
    }

    /// Whether the program waits for the answer to a create call.
    pub(crate) fn has_call_out(&self) -> bool {
        let life = self.life;
        self.ledger.calls.iter().any(|call| call.life == life && call.verdict.is_none())
    }

    /// Whether a write finds room. The reserve gives it once it is released, and nothing can be put in its place.
    fn has_room(&mut self) -> bool {
        let Some(room) = self.disk_room else { return true };
        let reserve = self.reserve();
        if room == 0 && !reserve.exists() {
            let _ = fs::create_dir(&reserve);
            self.disk_room = Some(self.chance("reserve", self.elapsed_ms()).u32(..=RESERVE_HOLDS));
        }
        match self.disk_room {
            Some(0) => false,
            Some(room) => {
                self.disk_room = Some(room - 1);
                true
            }
            None => true,
        }
    }

    fn witness(&mut self, moment: &Moment<'_>) -> Result<(), StoreError> {
        match moment {
            Moment::Begin => {
                if !self.has_room() {
                    self.note(|| "a write found no room".to_owned());
                    if self.doing == Doing::AnswerCame {
                        self.passes(KillPoint::WaitingForDisk);
                    }
                    return Err(StoreError::DiskFull);
                }
            }
            Moment::Ready(changes) => {
                for point in self.points(changes, false) {
                    self.passes(point);
                }
            }
            Moment::Committed(changes) => {
                let points = self.points(changes, true);
                self.written(changes);
                for point in points {
                    self.passes(point);
                }
            }
        }
        Ok(())
    }

    /// What a write is, by what it changes and by what the program does.
    fn points(&self, changes: &[TaskChange], committed: bool) -> Vec<KillPoint> {
        use KillPoint::*;
        let pick = |before, after| if committed { after } else { before };
        let any = |state| states(changes).any(|it| it == state);
        let mut points = vec![pick(AnyWriteNotCommitted, AnyWriteNotAnnounced)];
        if any(TaskState::Submitting) {
            points.push(pick(IntentNotCommitted, IntentCommitted));
        }
        if changes.is_empty() {
            return points;
        }
        match self.doing {
            Doing::AnswerCame => points.push(pick(IdNotCommitted, OutcomeNotAnnounced)),
            Doing::ResultCame => points.push(pick(InResultTransaction, ResultNotAnnounced)),
            Doing::Starting => points.push(pick(RecoveryNotCommitted, RecoveryNotAnnounced)),
            Doing::Deciding => points.push(pick(DecisionNotCommitted, DecisionNotAnnounced)),
            Doing::Anything => {}
        }
        points
    }

    /// A write is durable, also when the program is killed right after it.
    fn written(&mut self, changes: &[TaskChange]) {
        if changes.is_empty() {
            return;
        }
        // The life in which it was committed, in case it was the last thing that it did.
        let life = self.life;
        for change in changes {
            let TaskChange::Saved { task } = change else { continue };
            let about =
                task.link.as_ref().map(|link| link.url.as_str()).or(task.subject.as_deref());
            let Some(key) = about.and_then(|about| keys_in(about).pop()) else { continue };
            self.note(|| format!("written: {key} is {} {:?}", task.state, task.wait));
            if task.state == TaskState::Failed {
                self.ledger.revoke(&key);
            }
            let before = self.ledger.calls_for(&key).last().map(|call| call.kind.provider());
            if self.doing == Doing::AnswerCame
                && task.state == TaskState::Queued
                && before.is_some_and(|before| before != task.provider)
            {
                self.coverage.event(Event::HandedOver);
            }
            if self.doing == Doing::Anything
                && task.state == TaskState::Running
                && self.uncertain.remove(&key)
            {
                self.coverage.event(Event::FoundByItself);
            }
            match task.state {
                TaskState::Uncertain => drop(self.uncertain.insert(key.clone())),
                _ => drop(self.uncertain.remove(&key)),
            }
            if task.state == TaskState::Submitting || self.doing == Doing::Starting {
                continue;
            }
            let calls = self.ledger.calls.iter_mut().rev();
            let out = calls
                .into_iter()
                .find(|call| call.life == life && !call.settled && call.keys.contains(&key));
            if let Some(call) = out.filter(|call| call.verdict.is_some()) {
                call.settled = true;
            }
        }
        if matches!(self.doing, Doing::AnswerCame | Doing::ResultCame) {
            self.doing = Doing::Anything;
        }
    }

    /// The program hears what became of its call.
    pub(crate) fn hears(&mut self, call: usize, verdict: Verdict) {
        let keys = self.ledger.calls[call].keys.clone();
        let row = self.ledger.calls[call].row;
        self.note(|| format!("heard: {keys:?} {row:?} {verdict:?}"));
        for key in &keys {
            // After a refusal the next provider may be asked, where the user named one.
            let goes_on = verdict == Verdict::Rejected && self.ledger.chained.contains(key);
            if matches!(verdict, Verdict::Rejected | Verdict::Unknown) && !goes_on {
                self.ledger.revoke(key);
            }
        }
        if verdict == Verdict::Unknown {
            self.coverage.event(Event::Uncertain);
        }
        self.ledger.calls[call].verdict = Some(verdict);
        self.doing = Doing::AnswerCame;
    }
}

fn states(changes: &[TaskChange]) -> impl Iterator<Item = TaskState> {
    changes.iter().filter_map(|change| match change {
        TaskChange::Saved { task } => Some(task.state),
        _ => None,
    })
}
