//! What the engine learns while it follows tasks, and the schedule that comes of it.

use std::time::Duration;

use shiwen_core::{Operation, ProviderId, TaskId, Timestamp};
use shiwen_providers::Service;
use shiwen_store::DueTask;

use crate::{
    Engine,
    schedule::{Course, Next, Tempo},
    turn::reserved,
    usual::{self, Durations, Usual},
};

/// What a task is taken to take where nothing is known yet: most transcripts are done within 10 to 30 s.
const GUESS: Duration = Duration::from_secs(20);

impl Engine {
    /// When a running task of this age is asked next.
    pub(crate) fn next_question(
        &self,
        service: &'static dyn Service,
        operation: Operation,
        age: Duration,
    ) -> Next {
        let usual = self.usual((service.card().id, operation));
        let course = Course {
            table: &service.schedule(),
            tempo: self.tempo(service, operation, usual.as_ref()),
            usual: usual.as_ref(),
            pace: self.inner.parts.pace,
        };
        course.next(age, fastrand::f64())
    }

    /// How densely may be asked: by who waits for a slot, and by the calls that a limit leaves for questions.
    fn tempo(
        &self,
        service: &'static dyn Service,
        operation: Operation,
        usual: Option<&Usual>,
    ) -> Tempo {
        let card = service.card();
        let queue = self.holds().queue_waits(card.id);
        let tempo = if queue { Tempo::TIGHT } else { Tempo::CALM };
        let Some(most) = self.calls_per_minute(card) else { return tempo };
        // One question is for all of them.
        let running = match service.lists(operation) {
            true => 1,
            // A queue fills every slot.
            false if queue => self.slots(card, self.now()).unwrap_or(card.slots),
            false => self.store().at_work(card.id).unwrap_or(1).max(1),
        };
        let takes = usual.map_or(GUESS, Usual::mean).as_secs_f64();
        let minute = self.inner.parts.minute;
        // What is left of the calls that each running task may have while it runs.
        let of_each = |calls: u32| {
            f64::from(calls) * takes / minute.as_secs_f64().max(f64::EPSILON) / f64::from(running)
        };
        // While a queue waits, each task that ends is followed by a create.
        let creates = if queue { 1.0 } else { 0.0 };
        let questions = (of_each(most) - creates).min(of_each(most - reserved(most)));
        tempo.within(questions, minute * (2 * running) / most.max(1))
    }

    /// What tasks of a kind take, where enough of them are known.
    pub(crate) fn usual(&self, kind: (ProviderId, Operation)) -> Option<Usual> {
        if !self.learned().knows(kind) {
            let known: Durations =
                self.store().setting(&usual::setting(kind)).unwrap_or_else(|error| {
                    tracing::warn!(%error, "what tasks usually take cannot be read");
                    Durations::default()
                });
            self.learned().set(kind, known);
        }
        self.learned().usual(kind)
    }

    /// From here on the task is watched without a gap.
    pub(crate) fn watch(&self, id: TaskId) {
        self.learned().watched.insert(id, None);
    }

    /// It was asked at this age and still ran.
    pub(crate) fn still_ran(&self, id: TaskId, age: Duration) {
        if let Some(running) = self.learned().watched.get_mut(&id) {
            *running = Some(age);
        }
    }

    /// Nobody looked for a while, so the ends of the tasks that run now say nothing.
    pub(crate) fn looked_away(&self) {
        self.learned().watched.clear();
    }

    /// It needs no more questions. Answers at which age it last ran, where it was watched.
    pub(crate) fn over(&self, id: TaskId) -> Option<Option<Duration>> {
        let mut learned = self.learned();
        learned.unlisted.remove(&id);
        learned.watched.remove(&id)
    }

    /// It was found done. `finished_at` is when the provider says it was.
    pub(crate) fn found_done(&self, due: &DueTask, finished_at: Option<Timestamp>, now: Timestamp) {
        let task = &due.task;
        let watched = self.over(task.id);
        let (Some(running), Some(begun)) = (watched, task.submitted_at) else { return };
        // Several links take longer than one.
        if due.urls.len() > 1 {
            return;
        }
        let kind = (task.provider, task.operation);
        let usual = self.usual(kind);
        let found = now.since(begun);
        let said = finished_at
            .map(|at| at.since(begun))
            .filter(|said| *said <= found && running.is_none_or(|running| *said > running));
        let took =
            said.unwrap_or_else(|| usual::ended(running, found, usual.as_ref(), fastrand::f64()));
        if took.is_zero() {
            return;
        }
        let mut durations = self.learned().durations(kind);
        durations.add(took);
        if let Err(error) = self.store().save_setting(&usual::setting(kind), &durations) {
            tracing::warn!(%error, "what a task took could not be kept");
        }
        self.learned().set(kind, durations);
    }
}
