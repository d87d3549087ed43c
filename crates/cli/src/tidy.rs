//! `tidy`: a transcript made readable, for free and on this machine.

use std::path::PathBuf;

use anyhow::Context;
use shiwen_core::{TaskId, TextRef, TidySteps, count_words};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Settings, StoreError, Words};

use crate::{
    extract, json,
    output::{Exit, say},
};

/// Something that tidying does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Step {
    TimeStamps,
    Speakers,
    JoinLines,
    Paragraphs,
    Widths,
    Spaces,
    Fillers,
}

#[derive(clap::Args)]
pub(crate) struct Tidy {
    /// The number of a task: its text, tidied as the window was last asked to. Without one the text is read from
    /// standard input, or from --file.
    task: Option<u32>,
    /// Read the text from a file.
    #[arg(long, conflicts_with = "task")]
    file: Option<PathBuf>,
    /// Do only these, a comma between them.
    #[arg(long, value_name = "STEPS", value_delimiter = ',', conflicts_with_all = ["with", "without"])]
    only: Vec<Step>,
    /// Do these too: time-stamps, speakers, join-lines, paragraphs, widths, spaces or fillers.
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    with: Vec<Step>,
    /// Leave these out.
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    without: Vec<Step>,
    /// Drop this word where it says nothing, instead of the usual ones; several times for several.
    #[arg(long, value_name = "WORD")]
    filler: Vec<String>,
    /// Keep the tidied text as a version of the task's text.
    #[arg(long, requires = "task")]
    save: bool,
}

impl Tidy {
    /// A text that is no task's needs no history.
    pub(crate) fn is_of_task(&self) -> bool {
        self.task.is_some()
    }

    pub(crate) fn run_on_text(&self, json: bool) -> anyhow::Result<Exit> {
        let text = match &self.file {
            Some(file) => {
                let bytes = std::fs::read(file).map_err(Unreadable)?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            None => extract::read(None)?,
        };
        let steps = self.steps(TidySteps::default());
        tell(&shiwen_text::tidy(&text, &steps), json)
    }

    pub(crate) fn run(&self, session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
        let store = session.engine.store();
        let task = TaskId(self.task.context("no task is named")?);
        let settings: Settings = store.setting(Settings::NAME).map_err(EngineError::from)?;
        let steps = self.steps(settings.tidy);
        let detail = store.detail(task).map_err(EngineError::from)?;
        let Some(last) = detail.transcripts.last() else {
            return Err(EngineError::from(StoreError::EmptyText).into());
        };
        let text = TextRef { task, version: last.version };
        if self.save {
            let saved = session.save_tidied(text, &steps).map_err(EngineError::from)?;
            let version = saved.version.to_string();
            eprintln!("{}", words.say("cli.tidied", &[("version", &version)]));
            return tell(&saved.text, json);
        }
        tell(&shiwen_text::tidy(&last.text, &steps), json)
    }

    fn steps(&self, usual: TidySteps) -> TidySteps {
        let mut steps = usual;
        if !self.only.is_empty() {
            for step in all(&mut steps) {
                *step.1 = self.only.contains(&step.0);
            }
        }
        for (step, is_on) in all(&mut steps) {
            *is_on = (*is_on || self.with.contains(&step)) && !self.without.contains(&step);
        }
        if !self.filler.is_empty() {
            steps.fillers = !self.without.contains(&Step::Fillers);
            steps.filler_words.clone_from(&self.filler);
        }
        steps
    }
}

fn all(steps: &mut TidySteps) -> [(Step, &mut bool); 7] {
    [
        (Step::TimeStamps, &mut steps.time_stamps),
        (Step::Speakers, &mut steps.speakers),
        (Step::JoinLines, &mut steps.join_lines),
        (Step::Paragraphs, &mut steps.paragraphs),
        (Step::Widths, &mut steps.widths),
        (Step::Spaces, &mut steps.spaces),
        (Step::Fillers, &mut steps.fillers),
    ]
}

fn tell(text: &str, json: bool) -> anyhow::Result<Exit> {
    match json {
        true => say!(
            "{}",
            json::line(&serde_json::json!({ "text": text, "words": count_words(text) }))?
        ),
        false => say!("{}", text.trim_end_matches('\n')),
    }
    Ok(Exit::Done)
}

/// The file that the user named cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the file cannot be read")]
pub(crate) struct Unreadable(#[source] pub(crate) std::io::Error);

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        tidy: Tidy,
    }

    fn on(arguments: &[&str]) -> Vec<Step> {
        let line = Line::parse_from(std::iter::once(&"tidy").chain(arguments));
        let mut steps = line.tidy.steps(TidySteps::default());
        all(&mut steps).into_iter().filter(|(_, on)| **on).map(|(step, _)| step).collect()
    }

    #[test]
    fn steps_are_the_usual_ones_or_as_the_user_says() {
        use Step::{Fillers, JoinLines, Paragraphs, Spaces, TimeStamps, Widths};
        let usual = [TimeStamps, JoinLines, Paragraphs, Widths];
        assert_eq!(on(&[]), usual);
        assert_eq!(on(&["--only", "spaces,fillers"]), [Spaces, Fillers]);
        assert_eq!(
            on(&["--with", "spaces", "--without", "paragraphs,widths"]),
            [TimeStamps, JoinLines, Spaces]
        );
        assert_eq!(on(&["--filler", "嗯"]).last(), Some(&Fillers));
    }
}
