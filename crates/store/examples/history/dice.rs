//! Chances that come out the same in every run.

/// Xorshift: small, fast, and good enough to mix words.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Each `seed` has throws of its own.
    pub(crate) fn new(seed: u64) -> Self {
        // Neighbouring seeds would begin alike.
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..4 {
            dice.next();
        }
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, many: usize) -> usize {
        (self.next() % many.max(1) as u64) as usize
    }

    /// True in `of_thousand` of 1,000 throws.
    pub(crate) fn chance(&mut self, of_thousand: usize) -> bool {
        self.below(1000) < of_thousand
    }

    /// A place in a list by Zipf's law: the tenth comes a tenth as often as the first.
    pub(crate) fn rank(&mut self, many: usize) -> usize {
        self.rank_behind(0, many)
    }

    /// As [`Dice::rank`], where so many others stand before the list that are more common than all in it.
    pub(crate) fn rank_behind(&mut self, before: usize, many: usize) -> usize {
        let share = self.below(1 << 24) as f64 / f64::from(1 << 24);
        let (first, last) = (before as f64 + 1.0, (before + many) as f64 + 1.0);
        let rank = first * (last / first).powf(share) - first;
        (rank as usize).min(many.saturating_sub(1))
    }
}
