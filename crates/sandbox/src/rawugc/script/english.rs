//! English videos: sentences that fit any, and a small stock of subjects.

use super::{Blueprint, Language, Script, Stock, some};
use crate::dice::Dice;

struct Subject {
    tags: &'static [&'static str],
    titles: &'static [&'static str],
    hooks: &'static [&'static str],
    points: &'static [&'static str],
    closings: &'static [&'static str],
}

pub(super) fn compose(handle: &'static str, dice: &mut Dice) -> Script {
    let subject = &SUBJECTS[dice.below(SUBJECTS.len())];
    let count = 3 + dice.below(4);
    let tags = 2 + dice.below(3);
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<String>>();
    Script {
        language: Language::English,
        title: dice.pick(subject.titles).to_owned(),
        handle,
        hook: dice.pick(subject.hooks).to_owned(),
        points: owned(some(subject.points, count, dice)),
        closing: dice.pick(subject.closings).to_owned(),
        tags: owned(some(subject.tags, tags, dice)),
        seconds: (200 + dice.below(700)) as f64 / 10.0,
    }
}

const SUBJECTS: &[Subject] = &[
    Subject {
        tags: &["balconygarden", "tomatoes", "growyourown", "smallspace"],
        titles: &[
            "Why your tomatoes fall over",
            "A balcony garden in two square metres",
            "I killed four plants so that you need not",
        ],
        hooks: &[
            "Nobody tells you this about tomatoes.",
            "Your plant is not thirsty, it is drowning.",
            "Two square metres gave me forty tomatoes.",
        ],
        points: &[
            "Put the stake in before the roots are there, not after.",
            "Water the soil in the morning and never the leaves.",
            "Pinch out what grows between stem and branch.",
            "Tie the string in an eight, so that the stem can move.",
            "Turn the pot a little every week.",
            "Feed it when the first fruit is as big as a coin.",
        ],
        closings: &[
            "Save this for the first warm weekend.",
            "Tell me which of your plants gave up first.",
        ],
    },
    Subject {
        tags: &["coffee", "homebarista", "pourover", "morningroutine"],
        titles: &[
            "Better coffee without a better machine",
            "The cheapest fix for bitter coffee",
            "Three minutes, one good cup",
        ],
        hooks: &[
            "Your coffee is bitter because of one number.",
            "Stop buying beans before you have tried this.",
            "I made the same cup twelve times, and one thing mattered.",
        ],
        points: &[
            "Grind right before you pour, not the night before.",
            "Let the kettle stand for a minute after it has boiled.",
            "Wet the grounds first and wait for thirty seconds.",
            "Weigh the water, since a mug is no measure.",
            "Rinse the paper, or you drink the paper.",
            "Write down what you changed, and change one thing only.",
        ],
        closings: &["Try it tomorrow and tell me the number.", "Follow along for the milk."],
    },
    Subject {
        tags: &["desksetup", "workfromhome", "focus", "tidy"],
        titles: &[
            "The desk that stopped my backache",
            "A tidy desk for under thirty",
            "What I took off my desk",
        ],
        hooks: &[
            "Your chair is fine. Your screen is too low.",
            "I took eleven things off my desk and kept one.",
            "This cable trick takes four minutes.",
        ],
        points: &[
            "Raise the screen until its upper edge is at your eyes.",
            "One tray for what is due today and nothing else.",
            "Clip the cables below the table, not behind it.",
            "Put the lamp on the side that you do not write with.",
            "Keep the phone where you have to stand up for it.",
            "Clear the desk at the end of the day, not at its start.",
        ],
        closings: &["Show me your desk.", "Which one do you do tonight?"],
    },
    Subject {
        tags: &["skincare", "routine", "sensitiveskin", "honestreview"],
        titles: &[
            "A month with three products",
            "I stopped eight products at once",
            "Sensitive skin, short routine",
        ],
        hooks: &[
            "Day one, no filter, bad light.",
            "My skin got better when I did less.",
            "Three products, thirty days, one honest answer.",
        ],
        points: &[
            "Change one product at a time and wait for two weeks.",
            "Lukewarm water, and pat dry.",
            "Cream goes on skin that is still damp.",
            "Sunscreen counts on cloudy days as well.",
            "Take your photos at the same window each week.",
            "What stings does not work better.",
        ],
        closings: &["Ask me anything below.", "Part two comes after sixty days."],
    },
    Subject {
        tags: &["budgettravel", "nighttrain", "weekendtrip", "packing"],
        titles: &[
            "A weekend away for the price of a dinner",
            "Pack for three days in one small bag",
            "Why I take the night train",
        ],
        hooks: &[
            "This trip cost less than your dinner.",
            "I have not checked in a bag for six years.",
            "You sleep, it drives, you wake up by the sea.",
        ],
        points: &[
            "Look for the train first and for the town second.",
            "Book the seat that nobody wants, behind the door.",
            "Roll what is soft and fold what is stiff.",
            "Eat where the menu has one page.",
            "Walk the first two hours without a plan.",
            "Keep one evening empty.",
        ],
        closings: &["Where would you wake up?", "The list is in the comments."],
    },
];

pub(super) const STOCK: Stock = Stock {
    visuals: &[
        "handheld close-up, warm light, the face fills half of the picture",
        "top view of a table, hands only",
        "fixed camera, medium shot by a window",
        "macro shot, focus moves from front to back",
        "split screen, before on the left, after on the right",
        "the camera follows while the speaker walks",
        "three cuts in two seconds",
        "screen recording with the speaker in a corner",
    ],
    audios: &[
        "fast voice, no music: \"{said}\"",
        "voice over soft guitar: \"{said}\"",
        "sounds of the place, a narrator says \"{said}\"",
        "music stops for a beat before \"{said}\"",
    ],
    whys: &[
        "clear promise in the first second",
        "an everyday problem, and many comments say \"me too\"",
        "every point is shown and not only told",
        "the mistake comes before the fix, which makes a contrast",
        "short sentences, no pause longer than a breath",
        "the title says how much is still to come",
        "the closing question is easy to answer",
        "right season for #{tag}",
    ],
    attributes: &[
        "question as opener, half of the answer within three seconds",
        "key words large in the upper third",
        "another angle every six to eight seconds",
        "action first, explanation second",
        "real room, no studio light",
        "the last line repeats the points, so people save it",
        "captions with key words only",
    ],
    hooks: &[
        "Nine in ten get the first step of #{tag} wrong.",
        "Do not scroll, this saves you a weekend.",
        "Same #{tag}, why does theirs work?",
        "It took me three years, it takes you thirty seconds.",
        "{hook} But what if you did the opposite?",
        "Do not buy it before you have seen this.",
    ],
    wins: &[
        "videos that show the result within two seconds are watched to the end",
        "titles with a number get more saves than likes",
        "hands at work hold viewers better than a picture of the product",
        "30 to 45 seconds do best",
        "a pinned question in the comments brings shares",
        "sounds of the place are trusted more than a trending song",
    ],
    gaps: &[
        "hardly anybody names the price",
        "no video shows how it looks after a month",
        "failures are left out",
        "no first step for complete beginners",
        "nobody compares the two usual ways",
    ],
    shots: &[
        "close to the problem, a finger points at it",
        "the result for half a second, then backwards",
        "the speaker turns round with the first word",
        "an empty table, things drop onto it one by one",
        "a phone with a bad review",
    ],
    blueprints: &[
        Blueprint {
            category: "how-to",
            strategy: "show the mistake first, then the fix, then both side by side",
            evidence: "{n} of 10 videos open with the mistake",
            outline: "mistake, reason in one sentence, fix in three steps, before and after",
        },
        Blueprint {
            category: "list",
            strategy: "a number in the title, at most eight seconds for each point",
            evidence: "{n} of 10 videos have a number on the first screen",
            outline: "the number, each point, the best one last, all on one screen",
        },
        Blueprint {
            category: "story",
            strategy: "begin with a failure and let viewers see the turn",
            evidence: "{n} of 10 videos begin with the speaker's own mistake",
            outline: "what happened, what I got wrong, what I changed, how it is now",
        },
        Blueprint {
            category: "comparison",
            strategy: "two things once under the same conditions",
            evidence: "{n} of 10 videos compare side by side",
            outline: "why compare, the same conditions, the result, for whom it is",
        },
    ],
    sounds: &["original sound", "soft guitar", "rainy piano", "own music - morning market"],
};
