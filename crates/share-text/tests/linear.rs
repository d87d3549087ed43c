//! A megabyte of any repeated pattern is read to its end. A scan that goes back over what it has read would not end
//! within the patience of a test run.

use shiwen_share_text::{extract, notice};

#[path = "shared/hostile.rs"]
mod hostile;

use hostile::HOSTILE;

const MEGABYTE: usize = 1_000_000;

#[test]
fn a_megabyte_of_any_pattern_is_read() {
    for pattern in HOSTILE {
        let text = pattern.repeat(MEGABYTE / pattern.len());
        let found = extract(&text);
        let appearances: u32 = found.iter().map(|found| found.appearances).sum();
        assert!(appearances as usize <= text.len() / pattern.len() * 2 + 2, "{pattern}");
        assert_eq!(
            notice(&text, &found).is_none(),
            !found.is_empty() || text.trim().is_empty(),
            "{pattern}"
        );
    }
}
