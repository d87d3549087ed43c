//! One run: the program is killed at its moment, started again until nothing is left to do, and held to its promises.

use std::{
    collections::BTreeSet,
    io,
    os::unix::process::ExitStatusExt,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use shiwen_core::{TaskId, TaskState};
use shiwen_headless::Desktop;
use tokio::runtime::Runtime;

use crate::{
    case::{Case, Moment, Victim},
    check,
    history::History,
    relay::Hold,
    stage::{Programs, Stage, ended},
};

/// For everything that the program does by itself, on a machine that has other work.
const PATIENCE: Duration = Duration::from_secs(60);
/// Starts after the kill until nothing may be left to do.
const STARTS: usize = 6;
const SIGKILL: i32 = 9;

/// What a run showed.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) violations: Vec<String>,
    pub(crate) kills: u32,
    pub(crate) tasks: usize,
    pub(crate) succeeded: usize,
    pub(crate) uncertain: usize,
    /// Uncertain though the service never saw the call: a crash with an open attempt proves nothing.
    pub(crate) unseen_uncertain: usize,
    /// In doubt until the service's own list was asked.
    pub(crate) found: usize,
    /// The user's text had not been taken in when the program died, and was given again.
    pub(crate) given_again: u32,
    pub(crate) took: Duration,
}

pub(crate) struct Lab<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) programs: &'a Programs,
    pub(crate) desktop: Option<&'a Desktop>,
}

impl Lab<'_> {
    pub(crate) fn run(&self, case: &Case) -> Report {
        let begin = Instant::now();
        let mut report = Report::default();
        if let Err(error) = self.play(case, &mut report) {
            report.violations.push(format!("could not be played: {error}"));
        }
        report.took = begin.elapsed();
        report
    }

    fn play(&self, case: &Case, report: &mut Report) -> io::Result<()> {
        let hold = match case.moment {
            Moment::Sent => Hold::Sent { nth: case.hit, lost: case.lost },
            Moment::Asked => Hold::Asked { nth: case.hit },
            Moment::HeadReceived => Hold::Body,
            _ => Hold::Nothing,
        };
        let stage = Stage::new(self.runtime, self.programs, self.desktop, (case, hold))?;
        let mut run = Run { case, stage, report, doubted: BTreeSet::new() };
        let played = run.kill().and_then(|()| run.again()).and_then(|()| run.judge());
        if played.is_err() || !run.report.violations.is_empty() {
            let words = run.stage.last_words();
            run.report.violations.push(format!("its last words: {words}"));
        }
        played
    }
}

struct Run<'a> {
    case: &'a Case,
    stage: Stage<'a>,
    report: &'a mut Report,
    /// Tasks whose attempt was open when a program died: these, and no others, must be uncertain.
    doubted: BTreeSet<TaskId>,
}

impl Run<'_> {
    /// Gives the order and ends the program at the moment of the case.
    fn kill(&mut self) -> io::Result<()> {
        let end =
            self.case.moment.point().map(|point| format!("{}:{}", point.as_str(), self.case.hit));
        let mut child = match self.case.victim {
            Victim::CommandLine => self.stage.command_line(&self.case.order(), end)?,
            Victim::Window => {
                if self.case.moment != Moment::Migration {
                    self.queue()?;
                }
                self.stage.window(end)?
            }
        };
        if self.case.moment.point().is_none() {
            if !self.stage.relay.is_held_within(PATIENCE) {
                let _ = child.kill();
                child.wait()?;
                return Err(io::Error::other("the moment never came"));
            }
            thread::sleep(Duration::from_millis(fastrand::u64(0..15)));
            child.kill()?;
        }
        self.gone(&mut child)?;
        // The relay sees the end a little later than the kernel.
        thread::sleep(Duration::from_millis(30));
        let history = self.look()?;
        check::moment(self.case, &self.stage, &history, &mut self.report.violations);
        self.stage.relay.pass();
        Ok(())
    }

    /// Puts the order into the history without sending it: another program that dies just before it would.
    fn queue(&mut self) -> io::Result<()> {
        let end = Some("before-intent:1".to_owned());
        let mut child = self.stage.command_line(&self.case.order(), end)?;
        self.gone(&mut child)?;
        self.look().map(drop)
    }

    /// Waits for the end of a program that must have been killed.
    fn gone(&mut self, child: &mut Child) -> io::Result<()> {
        match ended(child, PATIENCE)? {
            Some(status) if status.signal() == Some(SIGKILL) => {
                self.report.kills += 1;
                Ok(())
            }
            Some(status) => Err(io::Error::other(format!("it ended by itself: {status}"))),
            None => {
                child.kill()?;
                child.wait()?;
                Err(io::Error::other("the moment never came, and it did not end"))
            }
        }
    }

    /// What lies on the disk after a kill.
    fn look(&mut self) -> io::Result<History> {
        let history = History::of(&self.stage.history()).map_err(io::Error::other)?;
        let open = history.tasks.iter().filter(|it| it.task.state == TaskState::Submitting);
        self.doubted.extend(open.map(|it| it.task.id));
        check::file(&history, &mut self.report.violations);
        Ok(history)
    }

    /// Starts the program again until nothing is left to do.
    fn again(&mut self) -> io::Result<()> {
        for start in 0..STARTS {
            let history = self.look()?;
            if start > 0 && history.is_quiet() && !history.tasks.is_empty() {
                return Ok(());
            }
            if history.tasks.is_empty() {
                self.report.given_again += 1;
            }
            let is_killed = self.case.twice && start == 0;
            match self.case.victim {
                Victim::CommandLine => self.command_line_again(&history, is_killed)?,
                Victim::Window => self.window_again(&history, is_killed)?,
            }
        }
        Err(io::Error::other(format!("something is left to do after {STARTS} starts")))
    }

    fn command_line_again(&mut self, history: &History, is_killed: bool) -> io::Result<()> {
        let arguments = if history.tasks.is_empty() {
            self.case.order()
        } else {
            let ids = history.tasks.iter().map(|it| it.task.id.to_string());
            ["wait".to_owned()].into_iter().chain(ids).collect()
        };
        if !is_killed {
            return self.stage.run(&arguments, PATIENCE).map(drop);
        }
        let mut child = self.stage.command_line(&arguments, None)?;
        self.end_any_time(&mut child)
    }

    fn window_again(&mut self, history: &History, is_killed: bool) -> io::Result<()> {
        if history.tasks.is_empty() {
            self.queue()?;
        }
        let mut child = self.stage.window(None)?;
        if is_killed {
            return self.end_any_time(&mut child);
        }
        let desk = if self.case.work.takes_prompt() { "works" } else { "texts" };
        let begin = Instant::now();
        let under_way = ["queued", "submitting", "running"];
        loop {
            thread::sleep(Duration::from_millis(250));
            let states = self.stage.states(desk)?;
            let quiet = states.iter().all(|state| !under_way.contains(&state.as_str()));
            if (quiet && !states.is_empty()) || begin.elapsed() > PATIENCE {
                break;
            }
        }
        child.kill()?;
        self.gone(&mut child)
    }

    fn end_any_time(&mut self, child: &mut Child) -> io::Result<()> {
        thread::sleep(Duration::from_millis(fastrand::u64(5..900)));
        child.kill()?;
        if child.wait()?.signal() == Some(SIGKILL) {
            self.report.kills += 1;
        }
        thread::sleep(Duration::from_millis(30));
        Ok(())
    }

    fn judge(&mut self) -> io::Result<()> {
        let history = self.look()?;
        self.report.tasks = history.tasks.len();
        self.report.succeeded = history.count(TaskState::Succeeded);
        self.report.uncertain = history.count(TaskState::Uncertain);
        self.report.unseen_uncertain =
            check::promises(self.case, &self.stage, (&history, &self.doubted), self.report);
        check::backups(&self.stage, &mut self.report.violations)?;
        check::keys(&self.stage, &mut self.report.violations)
    }
}
