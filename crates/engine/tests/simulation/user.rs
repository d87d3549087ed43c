//! The simulated user: submits, approves, decides. Everything that may be spent goes through the ledger first.

use std::{collections::BTreeSet, sync::Arc};

use fastrand::Rng;
use shiwen_core::{
    CancelCause, Desk, Order, ProviderId, Submission, Task, TaskId, TaskState, Timestamp,
    WaitReason,
};
use shiwen_engine::{Clock, Engine};

use crate::{
    points::Event,
    speech::{ALIKE, KINDS, Kind, key_of, keys_in, url_of},
    world::{Doing, World},
};

/// What the user remembers of one task.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) key: String,
    pub(crate) kind: Kind,
    /// None while the program died before it could say so.
    pub(crate) id: Option<TaskId>,
    pub(crate) in_trash: bool,
}

pub(crate) struct User {
    pub(crate) tasks: Vec<Wanted>,
    pub(crate) rng: Rng,
    /// How many tasks the user wants at most.
    pub(crate) most: usize,
    next_key: usize,
}

/// What became of a decision.
enum Decided<T> {
    Done(T),
    Refused,
    /// The program died meanwhile.
    Died,
}

impl User {
    pub(crate) fn new(seed: u64, most: usize) -> Self {
        let rng = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self { tasks: Vec::new(), rng, most, next_key: 1 }
    }

    /// One thing that the user does.
    pub(crate) fn acts(&mut self, world: &World, engine: &Engine) {
        let submits = self.tasks.is_empty() || self.rng.u32(..10) < 4;
        if submits && self.tasks.len() < self.most {
            self.submits(world, engine);
            return;
        }
        let Some(place) = (!self.tasks.is_empty()).then(|| self.rng.usize(..self.tasks.len()))
        else {
            return;
        };
        self.decides(place, world, engine);
    }

    pub(crate) fn submits(&mut self, world: &World, engine: &Engine) {
        let kind = KINDS[self.rng.usize(..KINDS.len())];
        let together = kind == Kind::Momoget && self.rng.u32(..3) == 0;
        // An info workflow is given the whole text, and takes the first link of it.
        let alone = !kind.operation().takes_link() || kind == Kind::CozeInfo;
        let links = match (alone, together) {
            (true, _) => 1,
            (false, true) => self.rng.usize(2..7),
            (false, false) => self.rng.usize(1..4),
        };
        let keys: Vec<_> = (0..links).map(|n| key_of(self.next_key + n)).collect();
        self.next_key += links;
        let then = self.chain(kind);
        for key in &keys {
            let mut state = world.state();
            state.ledger.approve(key);
            if !then.is_empty() {
                state.ledger.chained.insert(key.clone());
            }
        }
        world.state().note(|| format!("the user wants {kind:?} {keys:?} or {then:?}"));
        let decided = decide(world, || match kind.operation().takes_link() {
            true => engine.create_tasks(&submission(kind, &keys, then, together)),
            false => engine.order(&order(kind, &keys[0])).map(|id| vec![id]),
        });
        let ids = match decided {
            Decided::Done(ids) => ids.into_iter().map(Some).collect(),
            Decided::Died => vec![None; keys.len()],
            Decided::Refused => {
                keys.iter().for_each(|key| world.state().ledger.revoke(key));
                return;
            }
        };
        if ids.len() != keys.len() {
            world.state().violated(format!("I2: {} tasks of {} links", ids.len(), keys.len()));
        }
        if together {
            world.state().coverage.event(Event::Together);
        }
        for (key, id) in keys.into_iter().zip(ids) {
            world.state().coverage.event(Event::Task);
            self.tasks.push(Wanted { key, kind, id, in_trash: false });
        }
    }

    /// The providers that may be asked when the first starts nothing.
    fn chain(&mut self, kind: Kind) -> Vec<ProviderId> {
        if !ALIKE.contains(&kind) || self.rng.bool() {
            return Vec::new();
        }
        let mut others: Vec<_> = ALIKE.iter().filter(|it| **it != kind).collect();
        self.rng.shuffle(&mut others);
        others.truncate(self.rng.usize(1..=2));
        others.into_iter().map(|it| it.provider()).collect()
    }

    /// Another process cancels the newest task at the moment at which the program is about to write, which may be to
    /// claim it.
    pub(crate) fn ambushes(&self, world: &Arc<World>, other: &Engine) {
        let Some(Wanted { key, id: Some(id), .. }) = self.tasks.last().cloned() else { return };
        let (here, other) = (world.clone(), other.clone());
        world.ambush(Some(Box::new(move || {
            if here.state().dead
                || other.store().task(id).map_or(true, |it| it.state != TaskState::Queued)
            {
                return;
            }
            let decided = decide(&here, || other.store().cancel(id, here.now()));
            if !matches!(decided, Decided::Refused) {
                here.state().left.insert(key.clone());
            }
            if matches!(decided, Decided::Done(())) {
                let mut state = here.state();
                state.coverage.event(Event::CancelledAtTheClaim);
                state.ledger.revoke(&key);
            }
        })));
    }

    /// After a start: finds the tasks of which the last run did not live to speak. Those that are not there were never
    /// promised.
    pub(crate) fn looks_around(&mut self, world: &World, engine: &Engine) {
        let mut found = Vec::new();
        for desk in Desk::ALL {
            found.extend(engine.store().tasks(*desk, None, 500).unwrap().tasks);
        }
        for wanted in self.tasks.iter_mut().filter(|wanted| wanted.id.is_none()) {
            wanted.id = found.iter().find(|task| about(task) == wanted.key).map(|task| task.id);
            if wanted.id.is_none() {
                world.state().ledger.revoke(&wanted.key);
            }
        }
        self.tasks.retain(|wanted| wanted.id.is_some());
        let keys: BTreeSet<_> = found.iter().map(about).collect();
        if keys.len() != found.len() {
            world.state().violated("I2: a link has two tasks".to_owned());
        }
    }

    /// Does what one could do about a task in its state.
    fn decides(&mut self, place: usize, world: &World, engine: &Engine) {
        let Wanted { key, id: Some(id), .. } = self.tasks[place].clone() else { return };
        let Ok(task) = engine.store().task(id) else {
            world.state().violated(format!("I2: {key} is gone"));
            return;
        };
        let now = world.now();
        let store = engine.store();
        if self.tasks[place].in_trash {
            if let Decided::Done(()) = decide(world, || store.restore(id)) {
                self.tasks[place].in_trash = false;
                world.state().coverage.event(Event::Restored);
            }
            return;
        }
        let choice = self.rng.u32(..10);
        match task.state {
            TaskState::Queued if task.wait.is_some() && choice < 4 => {
                self.retries(place, world, engine)
            }
            TaskState::Queued | TaskState::Running if choice < 7 => {
                let decided = decide(world, || store.cancel(id, now));
                self.leaves(place, &decided, Event::Cancelled, world);
            }
            TaskState::Running if choice == 8 => {
                let _ = decide(world, || store.check_now(id, now));
            }
            TaskState::Cancelled if task.cancel_cause == Some(CancelCause::StoppedWaiting) => {
                if let Decided::Done(()) = decide(world, || store.resume(id, now)) {
                    world.state().coverage.event(Event::Resumed);
                }
            }
            TaskState::Failed | TaskState::Cancelled if choice < 6 => {
                self.retries(place, world, engine);
            }
            TaskState::Uncertain => self.settles(place, &task, world, engine),
            _ if choice == 9 => {
                let decided = decide(world, || store.delete(id, now));
                self.tasks[place].in_trash |= matches!(decided, Decided::Done(()));
                if self.tasks[place].in_trash {
                    world.state().coverage.event(Event::Deleted);
                }
                if task.state == TaskState::Queued {
                    self.leaves(place, &decided, Event::Cancelled, world);
                }
            }
            _ => {}
        }
    }

    /// The user wants no more of it. Whether that was written is not known where the program died over it.
    fn leaves(&mut self, place: usize, decided: &Decided<()>, event: Event, world: &World) {
        if matches!(decided, Decided::Refused) {
            return;
        }
        world.state().left.insert(self.tasks[place].key.clone());
        if matches!(decided, Decided::Done(())) {
            world.state().coverage.event(event);
            world.state().ledger.revoke(&self.tasks[place].key);
        }
    }

    /// A new approval, except for what still waits for its first.
    fn retries(&mut self, place: usize, world: &World, engine: &Engine) {
        let Wanted { id: Some(id), .. } = self.tasks[place] else { return };
        if self.spends(place, world, || engine.retry(id)) {
            world.state().coverage.event(Event::Retried);
        }
    }

    /// Runs a decision that lets one more call be made. Whether it was taken.
    fn spends<E>(
        &mut self,
        place: usize,
        world: &World,
        decision: impl FnOnce() -> Result<(), E>,
    ) -> bool {
        let key = self.tasks[place].key.clone();
        let before = world.state().ledger.approvals.get(&key).copied();
        world.state().ledger.approve(&key);
        match decide(world, decision) {
            Decided::Done(()) => {
                // Again, in case another process took the first one back in between.
                world.state().ledger.approve(&key);
                world.state().left.remove(&key);
                world.state().note(|| format!("the user pays for {key} once more"));
                true
            }
            Decided::Died => false,
            Decided::Refused => {
                if let Some(before) = before {
                    world.state().ledger.approvals.insert(key, before);
                }
                false
            }
        }
    }

    /// The four ways out of not knowing.
    pub(crate) fn settles(&mut self, place: usize, task: &Task, world: &World, engine: &Engine) {
        let Wanted { key, kind, .. } = self.tasks[place].clone();
        // The last provider that was asked may be another than the first.
        let kind = ALIKE
            .iter()
            .copied()
            .find(|it| it.provider() == task.provider && ALIKE.contains(&kind))
            .unwrap_or(kind);
        let (id, now) = (task.id, world.now());
        let detail = engine.store().detail(id).unwrap();
        let linked = |remote: &str| {
            detail.attempts.iter().any(|attempt| attempt.remote_id.as_deref() == Some(remote))
        };
        let found = world
            .state()
            .ledger
            .remotes_for(&key)
            .find(|it| it.kind == kind && !linked(&it.id) && !linked(&kind.lasting(&it.id)))
            .map(|it| it.id.clone());
        match (self.rng.u32(..10), found) {
            (0..4, Some(found)) if !kind.is_blocking() => {
                if let Decided::Done(()) = decide(world, || engine.adopt(id, &found)) {
                    world.state().coverage.event(Event::Adopted);
                    world.state().note(|| format!("the user found {key} as {found}"));
                }
            }
            (4, _) if !kind.is_blocking() => {
                let wrong = format!("{}999", kind.new_id(0));
                if let Decided::Done(()) = decide(world, || engine.adopt(id, &wrong)) {
                    world.state().coverage.event(Event::AdoptedWrongId);
                }
            }
            (5..8, _) if self.spends(place, world, || engine.store().resend(id)) => {
                world.state().coverage.event(Event::Resent);
            }
            (8, _) => {
                let decided = decide(world, || engine.store().give_up(id, now));
                self.leaves(place, &decided, Event::GaveUp, world);
            }
            _ => {}
        }
    }

    /// At the end: decides what waits for a decision. Whether everything has come to rest.
    pub(crate) fn finishes(&mut self, world: &World, engine: &Engine) -> bool {
        let mut rest = true;
        for place in 0..self.tasks.len() {
            let Wanted { id: Some(id), in_trash, .. } = self.tasks[place] else { continue };
            let task = engine.store().task(id).unwrap();
            match task.state {
                TaskState::Uncertain if self.rng.u32(..3) > 0 => {
                    self.settles(place, &task, world, engine);
                    rest = false;
                }
                TaskState::Queued
                    if !in_trash && waits(&task, &[WaitReason::GaveUpSending, WaitReason::Key]) =>
                {
                    self.retries(place, world, engine);
                    rest = false;
                }
                TaskState::Queued | TaskState::Submitting | TaskState::Running => rest = false,
                _ => {}
            }
        }
        rest
    }

    /// When the next of the tasks is due.
    pub(crate) fn next_due(&self, engine: &Engine) -> Option<Timestamp> {
        let due = self.tasks.iter().filter_map(|wanted| {
            let task = engine.store().task(wanted.id?).ok()?;
            match task.state {
                TaskState::Running => task.next_poll_at,
                TaskState::Queued => Some(task.wait?.until.unwrap_or(Timestamp(0))),
                TaskState::Submitting => Some(Timestamp(0)),
                _ => None,
            }
        });
        due.min()
    }
}

fn decide<T, E>(world: &World, decision: impl FnOnce() -> Result<T, E>) -> Decided<T> {
    let before = std::mem::replace(&mut world.state().doing, Doing::Deciding);
    let done = decision();
    let mut state = world.state();
    state.doing = before;
    match done {
        _ if state.dead => Decided::Died,
        Ok(done) => Decided::Done(done),
        Err(_) => Decided::Refused,
    }
}

fn waits(task: &Task, reasons: &[WaitReason]) -> bool {
    task.wait.is_some_and(|wait| reasons.contains(&wait.reason))
}

/// The key of the link or prompt that a task is about.
pub(crate) fn about(task: &Task) -> String {
    let text = task.link.as_ref().map(|link| link.url.as_str()).or(task.subject.as_deref());
    text.and_then(|text| keys_in(text).pop()).unwrap_or_default()
}

fn submission(kind: Kind, keys: &[String], then: Vec<ProviderId>, together: bool) -> Submission {
    let urls: Vec<_> = keys.iter().map(|key| url_of(key)).collect();
    Submission {
        share_text: format!("复制打开抖音 {}", urls.join(" 看看 ")),
        urls,
        again: Vec::new(),
        provider: kind.provider(),
        operation: kind.operation(),
        target_language: None,
        input: kind.input(&keys[0]),
        together,
        then,
    }
}

fn order(kind: Kind, key: &str) -> Order {
    Order {
        provider: kind.provider(),
        operation: kind.operation(),
        input: kind.input(key),
        parent: None,
    }
}
