//! What can befall a run: where the program ends, what a create call meets, what a question meets. Each is counted.

use std::fmt::Write as _;

/// An enum whose variants can be listed and counted.
macro_rules! counted {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];
        }
    };
}

counted! {
    /// Where the program is killed.
    KillPoint {
        IntentNotCommitted,
        IntentCommitted,
        BeforeConnect,
        Connected,
        BodyHalfSent,
        BodySent,
        HeadReceived,
        AnswerReceived,
        IdNotCommitted,
        OutcomeNotAnnounced,
        DuringPoll,
        ResultReceived,
        InResultTransaction,
        ResultNotAnnounced,
        RecoveryNotCommitted,
        RecoveryNotAnnounced,
        DecisionNotCommitted,
        DecisionNotAnnounced,
        WaitingForDisk,
        AnyWriteNotCommitted,
        AnyWriteNotAnnounced,
        AtRest,
    }
}

counted! {
    /// What a create call meets: the rows of the decision table that a service or the way to it can show.
    Row {
        Unbuildable,
        ConnectionRefused,
        NameNotFound,
        NoRoute,
        ConnectTimeout,
        /// The total timeout ends it before the body was asked for.
        TimeoutUnsent,
        HandshakeHangs,
        CertificateRefused,
        ProxyDead,
        ProxyRefusesTunnel,
        ResetUnread,
        ReadThenClosed,
        ReadThenReset,
        ReadThenSilence,
        HalfHead,
        GarbageHead,
        BodyCut,
        BodyStalls,
        BodyNotGzip,
        BodyTooLarge,
        NotJson,
        HalfJson,
        WithoutId,
        Accepted,
        AcceptedLate,
        OwnRefusal,
        OwnQuota,
        OwnKeyRefused,
        OwnFault,
        OwnRateLimit,
        OwnConcurrency,
        /// 401, 403, 407, 413 with a page instead of the service's own words.
        PageDefinite,
        /// 400, 402, 404, 405, 409, 422 with a page.
        PageDoubtful,
        PageTooMany,
        Status408,
        Status500,
        Status502,
        Status503,
        Status504,
        Status520,
        Redirect,
        AsleepWhileOut,
    }
}

counted! {
    /// What a question about a running task meets.
    PollRow {
        Answered,
        ConnectionRefused,
        NameNotFound,
        Timeout,
        Broken,
        BodyCut,
        Page,
        Redirect,
        Fault,
        BusyWithPause,
        TooMany,
        KeyRefused,
        UnknownWord,
        NotKnownYet,
        NotKnownAnyMore,
        WorkFailed,
        WorkEmpty,
        StillRuns,
        Done,
        DoneTogether,
        Listed,
    }
}

counted! {
    /// What else happens.
    Event {
        NetworkGone,
        DiskFull,
        Slept,
        ClockSetBack,
        ClockSetAhead,
        OtherProcessWrote,
        OrderlyStop,
        HandedOver,
        Adopted,
        FoundByItself,
        AdoptedWrongId,
        Resent,
        GaveUp,
        Retried,
        Cancelled,
        CancelledAtTheClaim,
        Deleted,
        Restored,
        Resumed,
        Together,
        Task,
        Create,
        Processed,
        Uncertain,
    }
}

/// How often everything happened.
#[derive(Debug, Clone)]
pub(crate) struct Coverage {
    kills: Vec<u64>,
    rows: Vec<u64>,
    polls: Vec<u64>,
    events: Vec<u64>,
}

impl Default for Coverage {
    fn default() -> Self {
        Self {
            kills: vec![0; KillPoint::ALL.len()],
            rows: vec![0; Row::ALL.len()],
            polls: vec![0; PollRow::ALL.len()],
            events: vec![0; Event::ALL.len()],
        }
    }
}

impl Coverage {
    pub(crate) fn kill(&mut self, point: KillPoint) {
        self.kills[point as usize] += 1;
    }

    pub(crate) fn row(&mut self, row: Row) {
        self.rows[row as usize] += 1;
    }

    pub(crate) fn poll(&mut self, row: PollRow) {
        self.polls[row as usize] += 1;
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.events[event as usize] += 1;
    }

    pub(crate) fn of(&self, event: Event) -> u64 {
        self.events[event as usize]
    }

    pub(crate) fn kills(&self) -> u64 {
        self.kills.iter().sum()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.kills, &other.kills),
            (&mut self.rows, &other.rows),
            (&mut self.polls, &other.polls),
            (&mut self.events, &other.events),
        ];
        for (mine, theirs) in pairs {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }

    /// Every kill point and every row of the tables that was met less often than this.
    pub(crate) fn below(&self, least: u64) -> Vec<String> {
        self.lines().filter(|(_, count)| *count < least).map(|(name, _)| name).collect()
    }

    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        for (name, count) in self.lines() {
            let _ = writeln!(table, "{count:>9}  {name}");
        }
        table
    }

    fn lines(&self) -> impl Iterator<Item = (String, u64)> {
        let kills = KillPoint::ALL.iter().map(|it| format!("killed {it:?}")).zip(&self.kills);
        let rows = Row::ALL.iter().map(|it| format!("create {it:?}")).zip(&self.rows);
        let polls = PollRow::ALL.iter().map(|it| format!("poll {it:?}")).zip(&self.polls);
        let events = Event::ALL.iter().map(|it| format!("event {it:?}")).zip(&self.events);
        kills.chain(rows).chain(polls).chain(events).map(|(name, count)| (name, *count))
    }
}
