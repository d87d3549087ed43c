//! The loop of the process that owns the tasks.

use std::{sync::atomic::Ordering, time::Duration};

use futures_util::FutureExt;
use shiwen_core::{ProviderId, Task, TaskId, TaskState, Timestamp, Unit, WaitReason};
use shiwen_providers::{Service, service, services};
use shiwen_store::{DueTask, Spent, StoreError};
use tokio::{
    sync::broadcast::error::RecvError,
    task::{JoinHandle, JoinSet},
    time::Instant,
};

use crate::{
    Engine, Network, Ownership,
    books::spent,
    failures,
    limits::Affords,
    network::Gate,
    turn::{Caller, Turn},
    waking::Look,
};

/// How often the file is looked at for what other processes wrote.
const OTHERS: Duration = Duration::from_millis(500);
/// How long a task whose change could not be saved is left alone.
const DISK_TROUBLE: Duration = Duration::from_secs(15);
/// Follow-up calls that may be out at once.
const CALLS: usize = 16;
/// Overdue tasks that are looked at for one that may be asked now.
const LOOKED_AT: u32 = 500;
/// How long a stop waits for create calls that are out. Ending one early would make a question to the user of a call
/// that may just have been slow, so this is longer than their timeouts, that of a streamed run of ten minutes apart.
const GRACE: Duration = Duration::from_secs(190);
/// How long a stop waits for calls that can be made again.
const READ_GRACE: Duration = Duration::from_secs(2);
/// How often direct calls are looked at once the rest has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A running engine. Dropping it stops the loop at once; [`Running::stop`] waits for calls that are out.
#[derive(Debug)]
pub struct Running {
    work: JoinHandle<()>,
    stop: tokio::sync::watch::Sender<bool>,
}

impl Running {
    /// Takes no more work and waits for the calls that are out: for create calls until they have ended.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.work).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.work.abort();
    }
}

impl Engine {
    /// Brings the tasks to life: what was being submitted when the last run ended becomes uncertain, the rest goes on.
    ///
    /// # Errors
    /// When the history cannot be read or written.
    pub fn start(&self, ownership: Ownership) -> Result<Running, StoreError> {
        let lost = |task: &Task| {
            let unknown = Spent { unit: Unit::Use, amount: None, said: false, certain: false };
            let spent = service(task.provider).map_or(unknown, |service| {
                spent(service, (task.operation, task.model.as_deref()), None, false)
            });
            (failures::crashed(task.provider), spent)
        };
        let uncertain = self.store().recover(lost, self.now())?;
        for service in services() {
            // The key may have been changed, or the keychain unlocked, since the last run.
            self.store().release(service.card().id)?;
            if uncertain > 0 {
                self.holds().doubt_allowance(service.card().id);
            }
        }
        self.remember_hints()?;
        self.look_for_old()?;
        self.remember_pauses()?;
        self.look_again(self.now())?;
        if uncertain > 0 {
            tracing::warn!(uncertain, "create calls were out when the last run ended");
        }
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let engine = self.clone();
        let work = async move {
            engine.work(stopped).await;
            drop(ownership);
        };
        // Boxed, as all that is spawned: the runtime's code for a task is some kilobytes for each kind of future.
        let work = tokio::spawn(work.boxed());
        Ok(Running { work, stop })
    }

    /// Submits nothing more until [`Engine::release`]; what was submitted is followed all the same. Once this has
    /// returned and [`Engine::submitting`] says 0, no create call is out and none goes out.
    pub fn hold(&self) {
        self.inner.held.store(true, Ordering::SeqCst);
    }

    /// What is queued takes its turn again after [`Engine::hold`].
    pub fn release(&self) {
        if self.inner.held.swap(false, Ordering::SeqCst) {
            self.inner.wake.notify_one();
        }
    }

    pub(crate) fn is_held(&self) -> bool {
        self.inner.held.load(Ordering::SeqCst)
    }

    /// How many calls are out that may not be made twice: creates, and what the user asked for directly.
    pub fn submitting(&self) -> usize {
        let creates = self.out().values().filter(|call| matches!(call, Call::Submit(_))).count();
        creates + self.inner.direct.load(Ordering::SeqCst)
    }

    /// How many create calls are out to one provider.
    pub(crate) fn submitting_at(&self, provider: ProviderId) -> usize {
        self.out().values().filter(|call| **call == Call::Submit(provider)).count()
    }

    /// Looks at the work again now, e.g. after a wake from sleep or a change of the network.
    pub fn nudge(&self) {
        self.inner.network.probe_now();
        self.inner.wake.notify_one();
    }

    async fn work(&self, mut stopped: tokio::sync::watch::Receiver<bool>) {
        let mut changes = self.store().changes();
        let mut others = tokio::time::interval(OTHERS);
        others.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut looked_at = Look::now(self.now());
        let mut network = self.network();
        let mut calls = JoinSet::new();
        'work: loop {
            // One moment for both: what falls due between two looks at the clock would be in neither.
            let now = self.now();
            let turn = self.take_work(&mut calls, now).unwrap_or_else(|error| {
                tracing::error!(%error, "the history cannot be read");
                None
            });
            let due = sleep(self.next_due(turn, now));
            tokio::pin!(due);
            loop {
                tokio::select! {
                    // In a fixed order, so that a simulated run can be repeated. The look around comes early, since
                    // it is due only twice a second and must not starve.
                    biased;
                    _ = stopped.changed() => break 'work,
                    _ = others.tick() => if self.something_happened_outside(&mut looked_at) { break },
                    Some(_) = calls.join_next() => break,
                    () = self.inner.wake.notified() => break,
                    () = &mut due => break,
                    change = changes.recv() => match change {
                        Err(RecvError::Closed) => break 'work,
                        _ => break,
                    },
                    Ok(()) = network.changed() => {
                        if *network.borrow_and_update() == Network::Online {
                            self.back_online();
                        }
                        break;
                    }
                }
            }
            continue_quietly(&mut changes);
        }
        let submitting = async {
            while self.submitting() > 0 {
                // Whoever waits for a direct call is not among these.
                if calls.join_next().await.is_none() {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        };
        let _ = tokio::time::timeout(GRACE, submitting).await;
        let rest = async { while calls.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(READ_GRACE, rest).await;
    }

    /// Another process wrote, or the clock jumped: a closed laptop was opened again, or the time was set. Timers do not
    /// run while the machine sleeps, so what fell due meanwhile would wait on.
    fn something_happened_outside(&self, looked_at: &mut Look) -> bool {
        if self.woke_up(looked_at) {
            return true;
        }
        self.store().notice_others().unwrap_or_else(|error| {
            tracing::warn!(%error, "the file cannot be asked for what others wrote");
            false
        })
    }

    /// Starts every call that may go out now. Creates first: they are what the user waits for. Answers when the next
    /// question may go out that only waits for its provider's minute, or for the network.
    fn take_work(
        &self,
        calls: &mut JoinSet<()>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.learn_slots(now)?;
        match self.inner.network.gate() {
            Gate::Open => {
                self.take_looks(calls, now);
                self.take_creates(calls, now)?;
                self.take_follow_ups(calls, now)
            }
            Gate::Shut(until) => Ok(Some(now.after(until - Instant::now()))),
            Gate::Probe { last } => {
                if !self.somebody_waits()? {
                    self.inner.network.nobody_asks();
                } else if self.out().is_empty() {
                    self.probe(calls, last, now)?;
                }
                Ok(None)
            }
        }
    }

    fn take_creates(&self, calls: &mut JoinSet<()>, now: Timestamp) -> Result<(), StoreError> {
        self.holds().nobody_waits();
        if self.is_held() {
            return Ok(());
        }
        for provider in self.store().queued_providers()? {
            let Some(service) = service(provider) else { continue };
            let room = self.room(service, now)?;
            if room == 0 {
                continue;
            }
            let due = self.store().due_to_submit(provider, now, room)?;
            if due.len() >= room as usize {
                self.holds().set_queue_waits(provider);
            }
            for due in due {
                if self.out().contains_key(&due.task.id) {
                    continue;
                }
                let cost = match self.affords(service, &due, now)? {
                    Affords::Yes(cost) => cost,
                    Affords::No => continue,
                    Affords::Later => break,
                };
                match self.take_call(service.card(), Caller::Create) {
                    Ok(turn) => {
                        self.holds().reserve(due.task.id, provider, cost);
                        self.send_out(calls, service, vec![due], Call::Submit(provider), turn)
                    }
                    Err(until) => {
                        self.holds().set_creates_wait(provider);
                        self.store().pace(provider, until, now)?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn take_follow_ups(
        &self,
        calls: &mut JoinSet<()>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut free = CALLS.saturating_sub(self.calls_out());
        let mut next_turn: Option<Timestamp> = None;
        // More than can go out: those of a provider that wants a pause must not stand in the way of the others.
        let due = self.store().due_to_follow(now, LOOKED_AT)?;
        for due in due {
            let Some(service) = service(due.task.provider) else { continue };
            if free == 0 {
                break;
            }
            if self.out().contains_key(&due.task.id) {
                continue;
            }
            match self.take_call(service.card(), Caller::FollowUp) {
                Ok(turn) => self.send_follow_up(calls, service, due, turn)?,
                Err(until) => {
                    next_turn = Some(next_turn.map_or(until, |next| next.min(until)));
                    continue;
                }
            }
            free -= 1;
        }
        Ok(next_turn)
    }

    /// Asks after a task, with the others of its kind where one call tells of all.
    fn send_follow_up(
        &self,
        calls: &mut JoinSet<()>,
        service: &'static dyn Service,
        due: DueTask,
        turn: Turn,
    ) -> Result<(), StoreError> {
        match self.listed_with(service, &due)? {
            Some(all) => self.send_out(calls, service, all, Call::Listed, turn),
            None => self.send_out(calls, service, vec![due], Call::Follow, turn),
        }
        Ok(())
    }

    /// One call to find out whether the network is back: best a question, which costs nothing, and best not to the
    /// provider of the last, whose name may be gone for good.
    fn probe(
        &self,
        calls: &mut JoinSet<()>,
        last: Option<ProviderId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let due = self.store().due_to_follow(now, LOOKED_AT)?;
        let (late, first): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|due| Some(due.task.provider) == last);
        for due in first.into_iter().chain(late) {
            let provider = due.task.provider;
            let Some(service) = service(provider) else { continue };
            if let Ok(turn) = self.take_call(service.card(), Caller::FollowUp) {
                self.inner.network.probes(provider);
                self.send_out(calls, service, vec![due], Call::Follow, turn);
                return Ok(());
            }
        }
        if self.is_held() {
            return Ok(());
        }
        let queued = self.store().queued_providers()?;
        let (late, first): (Vec<_>, Vec<_>) =
            queued.into_iter().partition(|provider| Some(*provider) == last);
        for provider in first.into_iter().chain(late) {
            let Some(service) = service(provider) else { continue };
            let room = self.room(service, now)?.min(1);
            let due = self.store().due_to_submit(provider, now, room)?.pop();
            if let Some(due) = due
                && let Affords::Yes(cost) = self.affords(service, &due, now)?
                && let Ok(turn) = self.take_call(service.card(), Caller::Create)
            {
                self.inner.network.probes(provider);
                self.holds().reserve(due.task.id, provider, cost);
                self.send_out(calls, service, vec![due], Call::Submit(provider), turn);
                return Ok(());
            }
        }
        Ok(())
    }

    /// How many tasks may be submitted to a provider now.
    fn room(&self, service: &'static dyn Service, now: Timestamp) -> Result<u32, StoreError> {
        let card = service.card();
        let held = self.holds().held(card.id, now);
        if let Some((until, reason)) = held {
            tracing::trace!(provider = %card.id, %reason, "nothing is submitted now");
            if reason == WaitReason::Rate {
                self.store().pace(card.id, until, now)?;
            }
            return Ok(0);
        }
        let slots = self.slots(card, now)?;
        let submitting = self.submitting_at(card.id);
        let taken = self.store().at_work(card.id)? + u32::try_from(submitting).unwrap_or(u32::MAX);
        if taken >= slots {
            self.holds().set_queue_waits(card.id);
        }
        Ok(slots.saturating_sub(taken))
    }

    /// Calls that are out; a list counts as none, however many it is about.
    fn calls_out(&self) -> usize {
        self.out().values().filter(|call| **call != Call::Listed).count()
    }

    fn send_out(
        &self,
        calls: &mut JoinSet<()>,
        service: &'static dyn Service,
        tasks: Vec<DueTask>,
        call: Call,
        turn: Turn,
    ) {
        let Some(id) = tasks.first().map(|due| due.task.id) else { return };
        let ids: Vec<_> = tasks.iter().map(|due| due.task.id).collect();
        {
            let mut out = self.out();
            if ids.iter().any(|id| out.contains_key(id)) {
                return;
            }
            out.extend(ids.iter().map(|id| (*id, call)));
        }
        let engine = self.clone();
        let calling = async move {
            // In this order: the next call may go out once this one is counted as answered.
            let _out = Out { engine: engine.clone(), ids };
            let turn = turn;
            let done = match (call, tasks.as_slice()) {
                (Call::Submit(_), [due]) => engine.submit(service, due).await,
                (Call::Follow, [due]) => engine.follow(service, due).await,
                (_, tasks) => engine.follow_many(service, tasks).await,
            };
            drop(turn);
            match done {
                Ok(()) => engine.begins(call, id),
                // The user decided otherwise while the call was out.
                Err(StoreError::WrongState | StoreError::TaskGone) => {}
                Err(error) => {
                    tracing::error!(task = %id, %error, "could not be saved");
                    // The task stays out for so long: whatever is wrong with the disk takes time to mend, and its
                    // provider must not be asked in a loop meanwhile.
                    tokio::time::sleep(DISK_TROUBLE).await;
                }
            }
        };
        calls.spawn(calling.boxed());
    }

    /// What was just accepted is watched from here on.
    fn begins(&self, call: Call, id: TaskId) {
        let runs = || self.store().task(id).is_ok_and(|task| task.state == TaskState::Running);
        if matches!(call, Call::Submit(_)) && runs() {
            self.watch(id);
        }
    }

    fn next_due(&self, turn: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
        let task = self.store().next_due(now).ok().and_then(|next| next.0);
        let hold = self.holds().next_end(now);
        let look = self.wanted().next(now);
        task.into_iter().chain(hold).chain(look).chain(turn).min().map(|at| at.since(now))
    }
}

/// A call that is out for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Submit(ProviderId),
    Follow,
    /// Asked after together with others.
    Listed,
}

/// Takes tasks off the list of those with a call out, also when the call's own task is dropped or panics.
struct Out {
    engine: Engine,
    ids: Vec<TaskId>,
}

impl Drop for Out {
    fn drop(&mut self) {
        self.engine.out().retain(|id, _| !self.ids.contains(id));
        self.engine.holds().booked(&self.ids);
        self.engine.inner.wake.notify_one();
    }
}

async fn sleep(due: Option<Duration>) {
    match due {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// The loop looks at everything after each wake, so announcements that came together count once.
fn continue_quietly(changes: &mut tokio::sync::broadcast::Receiver<shiwen_core::TaskChange>) {
    while changes.try_recv().is_ok() {}
}
