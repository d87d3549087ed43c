//! Tidying a transcript: free, local, each step on its own switch.
//!
//! A step changes what it is named for and nothing else. All that are switched on are repeated until nothing changes, so
//! tidying a tidied text changes nothing.

mod fillers;
mod join;
mod keep;
mod kind;
mod paragraphs;
mod spaces;
mod speakers;
mod stamp;
mod stamps;
mod widths;

use shiwen_core::TidySteps;

pub(crate) use kind::is_cjk;

/// More than any text needs whose steps do not feed each other again and again.
const ROUNDS: usize = 12;

/// The text with the steps that are switched on. One that is so made that the steps come to no end stays as it is.
pub fn tidy(text: &str, steps: &TidySteps) -> String {
    settled(text, steps).unwrap_or_else(|| text.to_owned())
}

fn settled(text: &str, steps: &TidySteps) -> Option<String> {
    let fillers = fillers::Fillers::new(if steps.fillers { &steps.filler_words } else { &[] });
    let mut tidied = text.to_owned();
    for _ in 0..ROUNDS {
        let next = once(&tidied, steps, &fillers);
        if next == tidied {
            return Some(tidied);
        }
        tidied = next;
    }
    None
}

fn once(text: &str, steps: &TidySteps, fillers: &fillers::Fillers) -> String {
    let step = |is_on: bool, text: String, change: &dyn Fn(&str) -> String| match is_on {
        true => change(&text),
        false => text,
    };
    let text = step(steps.time_stamps, text.to_owned(), &stamps::dropped);
    let text = step(steps.speakers, text, &speakers::dropped);
    let text = step(steps.widths, text, &widths::repaired);
    let text = step(steps.fillers, text, &|text| fillers.dropped(text));
    let text = step(steps.join_lines, text, &join::joined);
    let text = step(steps.spaces, text, &spaces::put);
    step(steps.paragraphs, text, &paragraphs::made)
}

#[cfg(test)]
mod tests;
