//! Ids that carry their task, so that a sandbox started anew still answers for the tasks of the one before.

use crate::{dice, link::Site, scenario::Scenario};

/// What an id says about one video of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// Ticks since the beginning of 2025 (UTC).
    pub(crate) tick: u64,
    pub(crate) scenario: Scenario,
    pub(crate) site: Site,
    /// The place in TranscriptGenerate's list of target languages.
    pub(crate) language: u64,
    /// What the video is made from, below `SEEDS`.
    pub(crate) seed: u64,
}

/// One tick in milliseconds: fine enough for tasks of a fifth of a second, coarse enough for 19 digits.
pub(crate) const TICK_MS: u64 = 40;
/// 2025-01-01T00:00:00Z in Unix milliseconds.
pub(crate) const EPOCH_MS: u64 = 1_735_689_600_000;

pub(crate) const SEEDS: u64 = 65_536;
pub(crate) const LANGUAGES: u64 = 8;
/// More than eight years.
const TICKS: u64 = 6_400_000_000;
/// More than there are, so that a new one does not change the meaning of old ids.
const SCENARIOS: u64 = 80;
const SITES: u64 = 6;
const CHECKS: u64 = 5;
/// Lifts every id to 19 digits.
const FLOOR: u64 = 1_000_000_000_000_000_000;

const _: () = assert!(Scenario::ALL.len() <= SCENARIOS as usize);
const _: () = assert!(SITES * SCENARIOS * LANGUAGES * TICKS < u64::MAX / SEEDS / CHECKS);

impl Ticket {
    pub(crate) fn created_ms(self) -> u64 {
        EPOCH_MS + self.tick * TICK_MS
    }

    /// A number of 19 digits that grows with time.
    pub(crate) fn number(self) -> u64 {
        let mut number = self.tick % TICKS;
        for (digit, radix) in [
            (self.seed, SEEDS),
            (self.scenario.number() as u64, SCENARIOS),
            (self.site as u64, SITES),
            (self.language, LANGUAGES),
        ] {
            number = number * radix + digit % radix;
        }
        FLOOR + number * CHECKS + dice::mix(number) % CHECKS
    }

    pub(crate) fn from_number(number: u64) -> Option<Self> {
        let number = number.checked_sub(FLOOR)?;
        let (check, mut number) = (number % CHECKS, number / CHECKS);
        if dice::mix(number) % CHECKS != check {
            return None;
        }
        let mut next = |radix: u64| {
            let digit = number % radix;
            number /= radix;
            digit
        };
        let language = next(LANGUAGES);
        let site = Site::ALL[next(SITES) as usize];
        let scenario = Scenario::from_number(next(SCENARIOS) as usize)?;
        let seed = next(SEEDS);
        (number < TICKS).then_some(Self { tick: number, scenario, site, language, seed })
    }

    pub(crate) fn from_digits(id: &str) -> Option<Self> {
        let all_digits = id.len() == 19 && id.bytes().all(|byte| byte.is_ascii_digit());
        all_digits.then(|| id.parse().ok()).flatten().and_then(Self::from_number)
    }
}

/// A UUID for the first video; each further one adds a group of its own. Clients take it as a whole.
pub(crate) fn uuid(tickets: &[Ticket]) -> String {
    let mut numbers = tickets.iter().map(|ticket| ticket.number());
    let first = numbers.next().map_or_else(String::new, uuid_of_number);
    numbers.fold(first, |id, number| id + &format!("-{number:016x}"))
}

/// The videos of a task by its UUID, `None` for an id that is none of ours.
pub(crate) fn from_uuid(id: &str) -> Option<Vec<Ticket>> {
    let head = id.get(..36)?;
    let digits: String = head.chars().filter(|c| *c != '-').collect();
    let high = u64::from_str_radix(digits.get(..12)?, 16).ok()?;
    let low = u64::from_str_radix(digits.get(13..16)?, 16).ok()?;
    let rest = u64::from_str_radix(digits.get(17..18)?, 16).ok()?;
    let number = high << 16 | low << 4 | rest;
    if uuid_of_number(number) != head {
        return None;
    }
    let further = id[36..].split('-').skip(1).map(|group| u64::from_str_radix(group, 16).ok());
    std::iter::once(Some(number))
        .chain(further)
        .map(|number| Ticket::from_number(number?))
        .collect()
}

fn uuid_of_number(number: u64) -> String {
    let check = dice::mix(number);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:01x}{:02x}-{:012x}",
        number >> 32,
        number >> 16 & 0xffff,
        number >> 4 & 0xfff,
        number & 0xf,
        check >> 56,
        check & 0xffff_ffff_ffff,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tickets() -> Vec<Ticket> {
        let mut tickets = Vec::new();
        for (index, scenario) in Scenario::ALL.iter().enumerate() {
            let index = index as u64;
            tickets.push(Ticket {
                tick: index * 123_456_789 % TICKS,
                scenario: *scenario,
                site: Site::ALL[index as usize % Site::ALL.len()],
                language: index % LANGUAGES,
                seed: index * 7919 % SEEDS,
            });
        }
        tickets
    }

    #[test]
    fn a_number_of_19_digits_gives_its_ticket_back() {
        for ticket in tickets() {
            let id = ticket.number().to_string();
            assert_eq!(id.len(), 19);
            assert_eq!(Ticket::from_digits(&id), Some(ticket));
        }
    }

    #[test]
    fn a_uuid_gives_its_tickets_back() {
        for ticket in tickets() {
            let id = uuid(&[ticket]);
            assert_eq!(id.len(), 36);
            assert_eq!(from_uuid(&id), Some(vec![ticket]));
        }
        let batch = &tickets()[..5];
        assert_eq!(from_uuid(&uuid(batch)).as_deref(), Some(batch));
    }

    #[test]
    fn an_id_that_was_made_elsewhere_is_not_taken_for_a_task() {
        assert_eq!(from_uuid("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"), None);
        assert_eq!(from_uuid(""), None);
        assert_eq!(from_uuid(&"字".repeat(12)), None);
        assert_eq!(Ticket::from_digits("12"), None);
        assert_eq!(Ticket::from_digits("9999999999999999999"), None);
        assert_eq!(Ticket::from_digits("+999999999999999999"), None);
        let mut changed = uuid(&tickets()[..1]);
        changed.replace_range(35.., if changed.ends_with('0') { "1" } else { "0" });
        assert_eq!(from_uuid(&changed), None);
    }
}
