//! What happens in one run: where the program is ended, what it was doing, for whom.

use std::fmt;

use shiwen_kill_points::Point;

/// The thirteen moments at which a crash must neither cost twice nor lose anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moment {
    BeforeIntent,
    IntentKept,
    Connected,
    HalfSent,
    /// The whole call was sent, and no byte of the answer came.
    Sent,
    HeadReceived,
    IdParsed,
    AcceptedKept,
    /// A question about a running task is out.
    Asked,
    ResultReceived,
    ResultWritten,
    Migration,
    Backup,
}

impl Moment {
    pub(crate) const ALL: [Moment; 13] = [
        Moment::BeforeIntent,
        Moment::IntentKept,
        Moment::Connected,
        Moment::HalfSent,
        Moment::Sent,
        Moment::HeadReceived,
        Moment::IdParsed,
        Moment::AcceptedKept,
        Moment::Asked,
        Moment::ResultReceived,
        Moment::ResultWritten,
        Moment::Migration,
        Moment::Backup,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Moment::BeforeIntent => "before_intent",
            Moment::IntentKept => "intent_kept",
            Moment::Connected => "connected",
            Moment::HalfSent => "half_sent",
            Moment::Sent => "sent",
            Moment::HeadReceived => "head_received",
            Moment::IdParsed => "id_parsed",
            Moment::AcceptedKept => "accepted_kept",
            Moment::Asked => "asked",
            Moment::ResultReceived => "result_received",
            Moment::ResultWritten => "result_written",
            Moment::Migration => "migration",
            Moment::Backup => "backup",
        }
    }

    /// Where the program ends itself. None: the relay between program and service holds the moment, and the program is
    /// killed from outside.
    pub(crate) const fn point(self) -> Option<Point> {
        match self {
            Moment::BeforeIntent => Some(Point::BeforeIntent),
            Moment::IntentKept => Some(Point::IntentKept),
            Moment::Connected => Some(Point::Connected),
            Moment::HalfSent => Some(Point::HalfSent),
            Moment::Sent | Moment::Asked => None,
            Moment::HeadReceived => Some(Point::HeadReceived),
            Moment::IdParsed => Some(Point::IdParsed),
            Moment::AcceptedKept => Some(Point::AcceptedKept),
            Moment::ResultReceived => Some(Point::ResultReceived),
            Moment::ResultWritten => Some(Point::ResultWritten),
            Moment::Migration => Some(Point::Migration),
            Moment::Backup => Some(Point::Backup),
        }
    }

    /// Whether an intent without an outcome is left, so that the task must be uncertain.
    pub(crate) const fn leaves_doubt(self) -> bool {
        matches!(
            self,
            Moment::IntentKept
                | Moment::Connected
                | Moment::HalfSent
                | Moment::Sent
                | Moment::HeadReceived
                | Moment::IdParsed
        )
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    Momoget,
    /// All links in one create call.
    MomogetTogether,
    Coze,
    /// The answer to the create call is the result.
    CozeInfo,
    TranscriptGenerate,
    RawUgcMusic,
    /// As [`Work::CozeInfo`].
    RawUgcAnalysis,
    Jimeng,
}

impl Work {
    pub(crate) const ALL: [Work; 8] = [
        Work::Momoget,
        Work::Coze,
        Work::TranscriptGenerate,
        Work::RawUgcMusic,
        Work::Jimeng,
        Work::MomogetTogether,
        Work::CozeInfo,
        Work::RawUgcAnalysis,
    ];

    pub(crate) const fn provider(self) -> &'static str {
        match self {
            Work::Momoget | Work::MomogetTogether => "momoget",
            Work::Coze | Work::CozeInfo => "coze",
            Work::TranscriptGenerate => "transcriptgenerate",
            Work::RawUgcMusic | Work::RawUgcAnalysis => "rawugc",
            Work::Jimeng => "jimeng",
        }
    }

    const fn blocks(self) -> bool {
        matches!(self, Work::CozeInfo | Work::RawUgcAnalysis)
    }

    pub(crate) const fn takes_prompt(self) -> bool {
        matches!(self, Work::RawUgcMusic | Work::Jimeng)
    }

    const fn fits(self, moment: Moment) -> bool {
        // A backup waits until no create call is out.
        let is_while_it_runs =
            matches!(moment, Moment::Asked | Moment::ResultReceived | Moment::Backup);
        !(is_while_it_runs && self.blocks())
    }
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Victim {
    CommandLine,
    Window,
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Says everything else.
    pub(crate) number: u32,
    pub(crate) moment: Moment,
    pub(crate) victim: Victim,
    pub(crate) work: Work,
    pub(crate) codes: Vec<String>,
    /// The n-th time that the moment is met.
    pub(crate) hit: u32,
    /// Of [`Moment::Sent`]: the call is lost on the way, so that the service never sees it.
    pub(crate) lost: bool,
    /// The next start is killed, too, at any time.
    pub(crate) twice: bool,
}

impl Case {
    /// The `round`-th run of a moment.
    pub(crate) fn new(number: u32, moment: Moment, victim: Victim, round: usize) -> Self {
        let mut dice = fastrand::Rng::with_seed(number.into());
        let works: Vec<Work> = Work::ALL.into_iter().filter(|work| work.fits(moment)).collect();
        let work = works[(round + moment as usize) % works.len()];
        let links = match work {
            work if work.takes_prompt() => 1,
            Work::MomogetTogether => dice.u32(2..=4),
            _ if dice.u32(0..5) < 3 => 1,
            _ => dice.u32(2..=4),
        };
        let met = match (moment, work) {
            (Moment::Migration, _) | (_, Work::MomogetTogether) => 1,
            // Copied, and looked at.
            (Moment::Backup, _) => 2,
            _ => links,
        };
        let word = if moment == Moment::Backup { "sb-slow-" } else { "" };
        let codes = (0..links).map(|link| format!("{word}k{number:04}x{link}")).collect();
        Self {
            number,
            moment,
            victim,
            work,
            codes,
            hit: dice.u32(1..=met),
            lost: round % 2 == 1,
            twice: dice.u32(0..4) == 0,
        }
    }

    /// The services with keys, and not simulated ones: only a history of these is backed up.
    pub(crate) fn is_real(&self) -> bool {
        self.moment == Moment::Backup
    }

    /// The words of the command line, behind its options.
    pub(crate) fn order(&self) -> Vec<String> {
        let text = match self.work {
            work if work.takes_prompt() => format!("纸船顺流而下 {}", self.codes[0]),
            _ => {
                let link = |code: &String| format!("https://v.douyin.com/{code}/");
                let links: Vec<_> = self.codes.iter().map(link).collect();
                format!("7.43 复制打开抖音，看看【灶边老周的作品】 {} 05/17 qRe:/", links.join(" "))
            }
        };
        let provider = self.work.provider();
        let mut words = match self.work {
            Work::RawUgcMusic => {
                vec!["generate", "music", "--provider", provider, "--prompt", &text]
            }
            Work::Jimeng => vec!["generate", "video", "--provider", provider, "--prompt", &text],
            Work::RawUgcAnalysis => vec!["analyze", "--provider", provider, &text],
            Work::CozeInfo => vec!["resolve", "--provider", provider, &text],
            Work::MomogetTogether => {
                vec!["transcribe", "--provider", provider, "--together", &text]
            }
            _ => vec!["transcribe", "--provider", provider, &text],
        };
        if self.is_real() && !self.work.takes_prompt() {
            // The host of the short link is not on this machine.
            words.push("--no-follow");
        }
        words.into_iter().map(str::to_owned).collect()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, moment, victim, work, hit, lost, twice, .. } = self;
        write!(f, "run {number}: {victim:?} {}:{hit} {work:?}", moment.name())?;
        write!(f, " {} links lost={lost} twice={twice}", self.codes.len())
    }
}
