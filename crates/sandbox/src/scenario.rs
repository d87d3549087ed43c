//! What a pasted link can ask of the sandbox: `sb-<word>` anywhere behind its host, e.g. `https://v.douyin.com/sb-quota/`.
//! What stands behind the word (`sb-quota-2`) only makes it another link.

use crate::trouble::Trouble;

/// A word and what it does, for the documentation and the page at `/`.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    pub word: &'static str,
    pub what: &'static str,
}

/// Declares the scenarios with their words. New ones go to the end: an id carries the place in this list.
macro_rules! scenarios {
    ($($scenario:ident $word:literal $what:literal)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Scenario { $($scenario,)+ }

        impl Scenario {
            pub(crate) const ALL: &[Scenario] = &[$(Scenario::$scenario,)+];
        }

        /// All words, in the order in which they are shown.
        pub const WORDS: &[Word] = &[$(Word { word: $word, what: $what },)+];
    };
}

scenarios! {
    Ok "ok" "Succeeds, like a link without a word."
    Slow "slow" "Succeeds after 60 s."
    Stalled "stalled" "Accepted, then runs for ever. A blocking Coze run is cut off after 90 s, a blocking RawUGC call after 180 s."
    Fail "fail" "Accepted, then the task fails at the service; a blocking RawUGC call with 500, a RawUGC post instead of being published."
    Gone "gone" "Accepted, then the task fails because the video was deleted. A blocking RawUGC call: refused with 400."
    Empty "empty" "Finishes without a text; RawUGC: without its URL, its key frames or its finds."
    Long "long" "A text of 20,000 characters; RawUGC: such a summary."
    Trimmed "trimmed" "Coze: the answer is cut and says so. Others: like `ok`."
    Interrupted "interrupted" "Coze: the workflow stops and asks for input. Others: like `ok`."
    BadStatus "badstatus" "An unknown status word while it runs, then success."
    Late "late" "The first two questions come too early: Coze has an empty run history, Jimeng knows no task. Others: like `ok`."
    BadKey "badkey" "Refused: the key is wrong."
    Quota "quota" "Refused: the allowance is used up."
    Member "member" "Refused: not in this plan (TranscriptGenerate; Jimeng; Coze when asynchronous) or beyond the scope of the key (RawUGC). Momoget: like `ok`."
    Concurrency "concurrency" "The first two calls are refused: too many tasks at once (TranscriptGenerate; Jimeng; Coze when asynchronous). Others: like `ok`."
    Rate "rate" "The first two calls are refused: too many requests. The third is accepted."
    RateUnclear "rate-unclear" "Coze: refused with 4013, which does not prove that nothing was started. Others: like `ok`."
    Unsupported "unsupported" "Refused: this site is not supported; Jimeng: no channel is free. Coze: accepted, then the run fails."
    BadLink "badlink" "Refused: this is no link of a video; Jimeng and RawUGC: no valid request."
    UnknownTask "unknown-task" "Accepted, then the task is not known."
    NotYours "not-yours" "Accepted, then the task belongs to somebody else."
    BadKeyPoll "badkey-poll" "Accepted; the first three questions are answered as for a wrong key."
    Html "html" "The create call gets an HTML page with status 200; nothing was accepted."
    HtmlPoll "html-poll" "The first three questions get an HTML page with status 200."
    Half "half" "Accepted, but the answer is only the first half of its JSON."
    HalfPoll "half-poll" "The first three questions get half a JSON."
    Huge "huge" "Accepted, but the answer is 20 MB of JSON."
    HugePoll "huge-poll" "The first three questions get 20 MB of JSON."
    E500 "e500" "The create call gets a bare 500; nothing was accepted."
    E502 "e502" "The create call gets a 502 page; nothing was accepted."
    E503 "e503" "The create call gets a 503 page; nothing was accepted."
    E503Poll "e503-poll" "The first three questions get a 503 page."
    DropBefore "drop-before" "The connection is reset before the service saw the request; nothing was accepted."
    DropDuring "drop-during" "The connection is closed after the request was read; nothing was accepted."
    DropAfter "drop-after" "Accepted, then the connection is closed without an answer."
    DropAnswer "drop-answer" "Accepted, then the connection is closed in the middle of the answer."
    DropPoll "drop-poll" "The first three questions end in a closed connection."
    Hang "hang" "Accepted, but the create call is never answered."
    Same "same" "Short links with the same number (`sb-same-1`, `sb-same-1-a`, `sb-same-1-b`) lead to the same video. Services: like `ok`."
    Foreign "foreign" "A short link that leads to a foreign site. Services: like `ok`."
    Loop "loop" "A short link that leads back to itself. Services: like `ok`."
    Nowhere "nowhere" "A short link that does not exist (404). Services: like `ok`."
    SlowLink "slowlink" "A short link that is never answered. Services: like `ok`."
    User "user" "A short link that leads to a profile. Services: like `ok`."
    SlowMedia "slowmedia" "Succeeds; its media come slowly, 64 KiB in a second."
    CutMedia "cutmedia" "Succeeds; its media break off after half of what was asked for. Asking for the rest again and again completes them."
    NoRange "norange" "Succeeds; its media come whole only, whatever part is asked for."
    Expired "expired" "Succeeds; its media are refused with 403, as when a signed address has run out. Coze: so is its run history, with 4314."
    Changed "changed" "Succeeds; its media are another file each time they are asked for."
    HtmlMedia "htmlmedia" "Succeeds; instead of its media an HTML page comes with status 200."
    ShapeB "shapeb" "Jimeng: answers in the other documented shape, which has no place for a video URL. Others: like `ok`."
    Shallow "shallow" "Jimeng: the video URL stands in the outermost `data.data`. Others: like `ok`."
    InFailReason "infailreason" "Jimeng: the video URL stands in `fail_reason`. Others: like `ok`."
    ResultUrl "resulturl" "Jimeng: the video URL stands in `result_url`. Others: like `ok`."
    NoData "nodata" "Jimeng: a finished task comes as success without data. Others: like `ok`."
    Blocked "blocked" "Refused: the content is not allowed (Coze, Jimeng). Others: like `ok`."
    Trouble "trouble" "Refused: the service's own answer of trouble on its side."
    TroublePoll "trouble-poll" "Accepted; the first three questions get the service's own answer of trouble on its side."
    Nasty "nasty" "Succeeds with texts full of markup, scripts, control characters and characters that turn text around; a video's cover has a `javascript:` address."
    NastyFail "nasty-fail" "Fails like `fail`, with such a text as the reason."
}

/// The bad answers to questions after which a `-poll` word recovers.
const BAD_ANSWERS: u32 = 3;
/// The refusals after which `rate` and `concurrency` accept.
const REFUSALS: u32 = 2;
/// The questions that `late` leaves without an answer.
const LATE_ANSWERS: u32 = 2;

impl Scenario {
    /// The longest word that stands behind `sb-` in what follows the link's host; `Ok` where none does.
    pub(crate) fn of(link: &str) -> Self {
        let behind_host = link.split_once("://").map_or(link, |(_, rest)| rest);
        let path = behind_host.split_once('/').map_or("", |(_, path)| path);
        Self::in_text(path)
    }

    /// The longest word that stands behind the first `sb-` of a text, such as a prompt or an id; `Ok` where none does.
    pub(crate) fn in_text(text: &str) -> Self {
        text.split_once("sb-").map_or(Self::Ok, |(_, asked)| Self::at_start(asked))
    }

    fn at_start(asked: &str) -> Self {
        let ends = |word: &str| {
            asked
                .strip_prefix(word)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        };
        Self::ALL
            .iter()
            .filter(|scenario| ends(scenario.word()))
            .max_by_key(|scenario| scenario.word().len())
            .copied()
            .unwrap_or(Self::Ok)
    }

    pub(crate) fn word(self) -> &'static str {
        WORDS[self.number()].word
    }

    /// The place in the list, kept in ids.
    pub(crate) fn number(self) -> usize {
        self as usize
    }

    pub(crate) fn from_number(number: usize) -> Option<Self> {
        Self::ALL.get(number).copied()
    }

    /// Whether it says how the media of a task come over the wire.
    pub(crate) fn is_about_media(self) -> bool {
        matches!(
            self,
            Self::SlowMedia
                | Self::CutMedia
                | Self::NoRange
                | Self::Expired
                | Self::Changed
                | Self::HtmlMedia
        )
    }

    /// What meets a create call before the service has done anything.
    pub(crate) fn at_the_door(self) -> Option<Trouble> {
        match self {
            Self::Html => Some(Trouble::Html),
            Self::E500 => Some(Trouble::Status(500)),
            Self::E502 => Some(Trouble::Status(502)),
            Self::E503 => Some(Trouble::Status(503)),
            Self::DropBefore => Some(Trouble::Reset),
            Self::DropDuring => Some(Trouble::Close),
            _ => None,
        }
    }

    /// What happens to the answer of a create call that was accepted.
    pub(crate) fn on_the_way_back(self) -> Option<Trouble> {
        match self {
            Self::Half => Some(Trouble::Half),
            Self::Huge => Some(Trouble::Huge),
            Self::DropAfter => Some(Trouble::Close),
            Self::DropAnswer => Some(Trouble::CutAnswer),
            Self::Hang => Some(Trouble::Hang),
            _ => None,
        }
    }

    /// What meets a question about a task, the first one being number 0.
    pub(crate) fn while_asking(self, question: u32) -> Option<Trouble> {
        let trouble = match self {
            Self::HtmlPoll => Trouble::Html,
            Self::HalfPoll => Trouble::Half,
            Self::HugePoll => Trouble::Huge,
            Self::E503Poll => Trouble::Status(503),
            Self::DropPoll => Trouble::Close,
            _ => return None,
        };
        (question < BAD_ANSWERS).then_some(trouble)
    }

    /// Whether the key is refused for a question about a task, the first one being number 0.
    pub(crate) fn refuses_key_of(self, question: u32) -> bool {
        self == Self::BadKeyPoll && question < BAD_ANSWERS
    }

    /// The refusal that meets a question about a task, the first one being number 0.
    pub(crate) fn refuses_question(self, question: u32) -> Option<Self> {
        match self {
            Self::UnknownTask | Self::NotYours => Some(self),
            _ if self.refuses_key_of(question) => Some(Self::BadKey),
            Self::TroublePoll if question < BAD_ANSWERS => Some(Self::Trouble),
            _ => None,
        }
    }

    /// Whether a create call is refused, where the service has an answer for it.
    pub(crate) fn refuses_create(self) -> bool {
        matches!(
            self,
            Self::BadKey
                | Self::Quota
                | Self::Member
                | Self::Concurrency
                | Self::Rate
                | Self::RateUnclear
                | Self::Unsupported
                | Self::BadLink
                | Self::Blocked
                | Self::Trouble
        )
    }

    pub(crate) fn is_too_late_for(self, question: u32) -> bool {
        self == Self::Late && question < LATE_ANSWERS
    }

    /// Whether a create call is still refused that was refused `before` times.
    pub(crate) fn refuses_again(self, before: u32) -> bool {
        matches!(self, Self::Rate | Self::Concurrency) && before < REFUSALS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: &str, word: &str) {
        assert_eq!(Scenario::of(link).word(), word, "{link}");
    }

    #[test]
    fn the_longest_word_behind_the_host_counts() {
        check("https://v.douyin.com/sb-quota/", "quota");
        check("https://v.douyin.com/sb-half/", "half");
        check("https://v.douyin.com/sb-half-poll/", "half-poll");
        check("https://v.douyin.com/sb-half-2/", "half");
        check("https://v.douyin.com/sb-rate_a7", "rate");
        check("https://v.douyin.com/sb-same-1-a/", "same");
        check("https://v.douyin.com/sb-slowlink/", "slowlink");
        check(
            "https://www.xiaohongshu.com/explore/66f0c0de0000000012345678?xsec_token=sb-gone",
            "gone",
        );
        check("v.douyin.com/sb-empty/", "empty");
    }

    #[test]
    fn a_link_without_a_known_word_simply_succeeds() {
        check("https://v.douyin.com/iFRvuEch/", "ok");
        check("https://v.douyin.com/sb-quotation/", "ok");
        check("https://sb-quota.example/iFRvuEch/", "ok");
        check("", "ok");
    }

    #[test]
    fn every_scenario_is_found_by_its_own_word() {
        for scenario in Scenario::ALL {
            let link = format!("https://v.douyin.com/sb-{}/", scenario.word());
            assert_eq!(Scenario::of(&link), *scenario);
            assert_eq!(Scenario::from_number(scenario.number()), Some(*scenario));
        }
    }

    #[test]
    fn the_page_of_documentation_lists_every_word_as_it_is() {
        let page = include_str!("../../../docs/SANDBOX.md");
        for Word { word, what } in WORDS {
            assert!(page.contains(&format!("| `{word}` | {what} |")), "{word}");
        }
    }
}
