//! What the simulated services share: the clock, the pace, and what they remember until they are stopped.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    Options, calendar,
    calls::Calls,
    dice::{self, Dice},
    ids::{EPOCH_MS, SEEDS, TICK_MS, Ticket},
    knobs::Knobs,
    link::{self, Site},
    nasty,
    rawugc::Books,
    scenario::Scenario,
    texts::Talk,
    trouble::Answer,
};

const LONG_CHARACTERS: usize = 20_000;
/// A task that never ends gives its slot back after as long as `slow` takes.
const SLOW_SECONDS: f64 = 60.0;
/// Ids from the future can only come from a clock that was set back.
const FUTURE_MS: u64 = 600_000;

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting,
    Working,
    Done,
}

#[derive(Debug)]
pub(crate) struct State {
    /// Without a closing slash.
    pub(crate) url: String,
    pub(crate) options: Options,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) calls: Calls,
    pub(crate) knobs: Knobs,
    pub(crate) rawugc: Books,
    /// Uses taken at Momoget.
    uses_taken: u32,
    /// Seconds of video taken at TranscriptGenerate.
    seconds_taken: u32,
    /// TranscriptGenerate's running tasks: when each gives its slot back, in Unix milliseconds.
    slots: Vec<u64>,
    issued: HashSet<u64>,
    /// Tasks of ids that the sandbox never gave.
    samples: HashMap<String, Ticket>,
    /// The links of tasks by their numbers; an id has no room for them.
    links: HashMap<u64, String>,
    /// Questions so far about a task.
    questions: HashMap<u64, u32>,
    /// Media that were another file each time they were asked for.
    versions: u64,
    /// Refusals so far of a link at a provider.
    refusals: HashMap<(&'static str, String), u32>,
}

impl State {
    pub(crate) fn new(url: String, options: Options) -> Self {
        Self { url, options, memory: Mutex::default() }
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        // No code panics while it holds this; a poisoned lock would still hold whole values.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn forget(&self) {
        *self.memory() = Memory::default();
    }

    pub(crate) fn count_create<'a>(
        &self,
        provider: &str,
        links: impl IntoIterator<Item = &'a str>,
    ) {
        let calls = &mut self.memory().calls;
        Calls::add(&mut calls.creates, provider);
        for link in links {
            Calls::add(&mut calls.creates_by_link, link);
        }
    }

    pub(crate) fn count_read(&self, provider: &str) {
        Calls::add(&mut self.memory().calls.reads, provider);
    }

    pub(crate) fn count_follow(&self, address: &str) {
        Calls::add(&mut self.memory().calls.follows, address);
    }

    /// The ticket that a task of this link would have now.
    pub(crate) fn draft(&self, link: &str, language: u64) -> Ticket {
        Ticket {
            tick: calendar::now_ms().saturating_sub(EPOCH_MS) / TICK_MS,
            scenario: Scenario::of(link),
            site: Site::of(link),
            language,
            seed: link::seed(link, self.options.seed) % SEEDS,
        }
    }

    /// The same for a prompt.
    pub(crate) fn draft_of_prompt(&self, prompt: &str) -> Ticket {
        Ticket {
            scenario: Scenario::in_text(prompt),
            site: Site::Other,
            seed: dice::hash(prompt, self.options.seed) % SEEDS,
            ..self.draft("", 0)
        }
    }

    /// The task of an id that the sandbox never gave, which begins when it is first heard of.
    pub(crate) fn sample(&self, id: &str) -> Ticket {
        let draft = self.draft_of_prompt(id);
        *self.memory().samples.entry(id.to_owned()).or_insert(draft)
    }

    /// How much of its time a task has behind it, from 0 to 1.
    pub(crate) fn share(&self, ticket: Ticket) -> f64 {
        let age = calendar::now_ms().saturating_sub(ticket.created_ms());
        match self.duration_ms(ticket) {
            0 => 1.0,
            duration => (age as f64 / duration as f64).min(1.0),
        }
    }

    /// When a task ends or ended, in Unix milliseconds.
    pub(crate) fn end_ms(&self, ticket: Ticket) -> u64 {
        ticket.created_ms().saturating_add(self.duration_ms(ticket))
    }

    /// Starts work on a link: a ticket that no other task has.
    pub(crate) fn accept(&self, mut ticket: Ticket, link: &str) -> Ticket {
        let mut memory = self.memory();
        while !memory.issued.insert(ticket.number()) {
            ticket.tick += 1;
        }
        memory.links.insert(ticket.number(), link.to_owned());
        Calls::add(&mut memory.calls.accepted_by_link, link);
        ticket
    }

    /// The link of a task that was created since the start.
    pub(crate) fn link_of(&self, ticket: Ticket) -> Option<String> {
        self.memory().links.get(&ticket.number()).cloned()
    }

    /// Counts a question about a task; the first one is number 0.
    pub(crate) fn ask(&self, ticket: Ticket) -> u32 {
        let mut memory = self.memory();
        let asked = memory.questions.entry(ticket.number()).or_default();
        let number = *asked;
        *asked = asked.saturating_add(1);
        number
    }

    /// The number of the next file that is another one each time; never 0.
    pub(crate) fn next_version(&self) -> u64 {
        let mut memory = self.memory();
        memory.versions += 1;
        memory.versions
    }

    /// What a create call gets for its word, by the answers of its service; counts what recovers.
    pub(crate) fn refusal(
        &self,
        provider: &'static str,
        link: &str,
        scenario: Scenario,
        answer: impl FnOnce(Scenario) -> Option<Answer>,
    ) -> Option<Answer> {
        if !scenario.refuses_create() {
            return None;
        }
        let recovers = matches!(scenario, Scenario::Rate | Scenario::Concurrency);
        let answer = answer(scenario)?;
        (!recovers || self.refuses(provider, link, scenario)).then_some(answer)
    }

    /// Whether a word that recovers still refuses this link, and counts it.
    fn refuses(&self, provider: &'static str, link: &str, scenario: Scenario) -> bool {
        let mut memory = self.memory();
        let before = memory.refusals.entry((provider, link.to_owned())).or_default();
        let refused = scenario.refuses_again(*before);
        *before += u32::from(refused);
        refused
    }

    pub(crate) fn talk(&self, ticket: Ticket) -> Talk {
        match ticket.scenario {
            Scenario::Long => Talk::of_length(ticket.seed, LONG_CHARACTERS),
            Scenario::Nasty => nasty::talk(Talk::new(ticket.seed)),
            _ => Talk::new(ticket.seed),
        }
    }

    /// How long a task takes, in milliseconds. One that never ends takes as long as it can be told.
    pub(crate) fn duration_ms(&self, ticket: Ticket) -> u64 {
        let seconds = match ticket.scenario {
            Scenario::Stalled => return u64::MAX,
            Scenario::Slow => SLOW_SECONDS,
            _ => 4.0 + Dice::new(dice::mix(ticket.seed)).below(8001) as f64 / 1000.0,
        };
        self.paced_ms(seconds)
    }

    /// Seconds at the sandbox's pace, in milliseconds.
    pub(crate) fn paced_ms(&self, seconds: f64) -> u64 {
        (seconds * 1000.0 * self.options.pace) as u64
    }

    pub(crate) fn stage(&self, ticket: Ticket) -> Stage {
        self.stage_at(ticket, calendar::now_ms())
    }

    fn stage_at(&self, ticket: Ticket, now_ms: u64) -> Stage {
        let age = now_ms.saturating_sub(ticket.created_ms());
        let duration = self.duration_ms(ticket);
        // What never ends is soon being worked on, too.
        let waiting = duration.min(self.paced_ms(SLOW_SECONDS)) / 6;
        match age {
            age if age >= duration => Stage::Done,
            age if age >= waiting => Stage::Working,
            _ => Stage::Waiting,
        }
    }

    /// When a task was last heard of, in Unix milliseconds.
    pub(crate) fn updated_ms(&self, ticket: Ticket) -> u64 {
        self.end_ms(ticket).min(calendar::now_ms())
    }

    /// Whether a task with this ticket can exist at all.
    pub(crate) fn knows(&self, ticket: Ticket) -> bool {
        ticket.created_ms() <= calendar::now_ms() + FUTURE_MS
    }

    /// Takes Momoget's uses and says how many are left, or `None` when there are too few.
    pub(crate) fn take_uses(&self, count: u32) -> Option<u32> {
        let mut memory = self.memory();
        let left =
            self.options.momoget_uses.saturating_sub(memory.uses_taken).checked_sub(count)?;
        memory.uses_taken += count;
        Some(left)
    }

    /// TranscriptGenerate's seconds of video, all and taken.
    pub(crate) fn seconds(&self) -> (u32, u32) {
        (self.options.transcriptgenerate_seconds, self.memory().seconds_taken)
    }

    /// TranscriptGenerate's slots that are taken now.
    pub(crate) fn slots_taken(&self) -> usize {
        self.memory().slots_taken()
    }

    /// Takes one of so many slots and the video's seconds at TranscriptGenerate, both or neither. An allowance without a
    /// limit lacks no seconds.
    ///
    /// # Errors
    /// What is lacking.
    pub(crate) fn take_slot(
        &self,
        ticket: Ticket,
        slots: usize,
        limit: Option<u32>,
    ) -> Result<(), Lack> {
        let seconds = self.talk(ticket).seconds().ceil() as u32;
        let held = self.duration_ms(ticket).min(self.paced_ms(SLOW_SECONDS));
        let mut memory = self.memory();
        if memory.slots_taken() >= slots {
            return Err(Lack::Slot);
        }
        let taken = memory.seconds_taken.saturating_add(seconds);
        if limit.is_some_and(|limit| taken > limit) {
            return Err(Lack::Seconds);
        }
        memory.seconds_taken = taken;
        memory.slots.push(ticket.created_ms().saturating_add(held));
        Ok(())
    }
}

impl Memory {
    fn slots_taken(&mut self) -> usize {
        let now = calendar::now_ms();
        self.slots.retain(|end| *end > now);
        self.slots.len()
    }
}

/// What TranscriptGenerate is out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    Slot,
    Seconds,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(pace: f64) -> State {
        State::new("http://127.0.0.1:1".to_owned(), Options { pace, ..Options::default() })
    }

    #[test]
    fn a_task_takes_4_to_12_seconds_and_a_slow_one_60_times_the_pace() {
        let (plain, fast) = (state(1.0), state(0.05));
        for code in 0..200 {
            let link = format!("https://v.douyin.com/{code}/");
            let duration = plain.duration_ms(plain.draft(&link, 0));
            assert!((4000..=12_000).contains(&duration), "{duration}");
            let faster = fast.duration_ms(fast.draft(&link, 0));
            assert!(faster.abs_diff(duration / 20) <= 1, "{faster}");
        }
        let slow = plain.draft("https://v.douyin.com/sb-slow/", 0);
        assert_eq!(plain.duration_ms(slow), 60_000);
        assert_eq!(fast.duration_ms(slow), 3000);
    }

    #[test]
    fn a_task_waits_then_works_then_ends() {
        let state = state(1.0);
        let ticket = state.draft("https://v.douyin.com/sb-slow/", 0);
        let stage = |seconds: u64| state.stage_at(ticket, ticket.created_ms() + seconds * 1000);
        assert_eq!([stage(0), stage(9)], [Stage::Waiting; 2]);
        assert_eq!([stage(10), stage(59)], [Stage::Working; 2]);
        assert_eq!([stage(60), stage(1_000_000)], [Stage::Done; 2]);
    }

    #[test]
    fn a_stalled_task_works_for_ever() {
        let state = state(1.0);
        let ticket = state.draft("https://v.douyin.com/sb-stalled/", 0);
        let year = ticket.created_ms() + 365 * 86_400_000;
        assert_eq!(state.stage_at(ticket, year), Stage::Working);
    }

    #[test]
    fn a_thousand_tasks_of_one_link_in_one_moment_have_a_thousand_ids() {
        let state = state(1.0);
        let link = "https://v.douyin.com/iFRvuEch/";
        let draft = state.draft(link, 0);
        let numbers: HashSet<u64> = (0..1000).map(|_| state.accept(draft, link).number()).collect();
        assert_eq!(numbers.len(), 1000);
    }

    #[test]
    fn another_sandbox_seed_gives_another_video() {
        let other = State::new(String::new(), Options { seed: 1, ..Options::default() });
        let link = "https://v.douyin.com/iFRvuEch/";
        assert_ne!(state(1.0).draft(link, 0).seed, other.draft(link, 0).seed);
    }
}
