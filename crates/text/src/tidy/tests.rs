use proptest::prelude::*;

use super::*;

fn off() -> TidySteps {
    TidySteps {
        time_stamps: false,
        speakers: false,
        join_lines: false,
        paragraphs: false,
        widths: false,
        spaces: false,
        fillers: false,
        ..TidySteps::default()
    }
}

#[track_caller]
fn check(steps: &TidySteps, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(tidy(text, steps), *expected, "{text:?}");
    }
}

#[test]
fn nothing_is_changed_where_nothing_is_switched_on() {
    check(
        &off(),
        &[("[00:12] A：你好,世界 \r\n\n\n嗯，AI", "[00:12] A：你好,世界 \r\n\n\n嗯，AI"), ("", "")],
    );
}

#[test]
fn time_stamps_are_dropped_where_they_are_surely_stamps() {
    let steps = TidySteps { time_stamps: true, ..off() };
    check(
        &steps,
        &[
            // Subtitle files.
            (
                "1\n00:00:01,000 --> 00:00:03,500\n先把锅烧热\n\n2\n00:00:03,600 --> 00:00:05,000\n再放一点油\n",
                "先把锅烧热\n再放一点油\n",
            ),
            (
                "WEBVTT\n\n00:01.000 --> 00:04.000 align:start\n你好\n\n00:05.000 --> 00:06.000\n再见",
                "你好\n再见",
            ),
            ("WEBVTT 是一种字幕\n你好", "WEBVTT 是一种字幕\n你好"),
            // In brackets.
            ("[00:12]先把锅烧热", "先把锅烧热"),
            ("[00:12.34]先把锅烧热[00:14.00]再放油", "先把锅烧热再放油"),
            ("【01:20】再放油", "再放油"),
            ("［００：１２］再放油", "［００：１２］再放油"),
            ("[０0：12] 再放油", "再放油"),
            ("先烧热 [00:12] 再放油", "先烧热 再放油"),
            ("[00:12 - 00:15] 再放油", "再放油"),
            ("(0:05) 大家好", "大家好"),
            ("（1:02:03）大家好", "大家好"),
            ("[00:[00:12]12]大家好", "大家好"),
            ("[00:01]", ""),
            ("<00:00:01.000>大家好", "大家好"),
            // Bare ones.
            ("00:01:02 大家好", "大家好"),
            ("00:00:01,200 --> 00:00:02,400\n大家好", "大家好"),
            ("00:12.345 大家好", "大家好"),
            ("00:03 大家好\n00:08 今天做红烧肉\n00:15 先备料", "大家好\n今天做红烧肉\n先备料"),
            ("00:03\n大家好\n00:08\n今天做红烧肉\n00:15\n先备料", "大家好\n今天做红烧肉\n先备料"),
            // With the transcriber's name for who speaks.
            ("说话人1 00:01\n大家好\n说话人2 00:05\n你好", "说话人1\n大家好\n说话人2\n你好"),
        ],
    );
}

#[test]
fn times_of_day_numbers_and_proportions_are_no_time_stamps() {
    let steps = TidySteps { time_stamps: true, ..off() };
    for text in [
        "我们 10:30 见",
        "10:30 我们在门口见",
        "9:00 起床\n10:30 开会\n12:00 吃饭",
        "明天（10:30）在门口见",
        "比分是 3:2",
        "按 1:2 的比例",
        "[重点] 先烧热",
        "[12] 见注",
        "第3秒开始",
        "3.5 斤",
        "1\n2\n3",
        "a --> b",
        "00:72 不是时间",
        "12:345",
        "说到 00:03 的时候",
    ] {
        assert_eq!(tidy(text, &steps), text);
    }
}

#[test]
fn names_of_speakers_are_dropped_where_a_transcriber_or_repetition_shows_them() {
    let steps = TidySteps { speakers: true, ..off() };
    check(
        &steps,
        &[
            ("说话人1：大家好", "大家好"),
            ("说话人 1: 大家好\n说话人 2: 你好", "大家好\n你好"),
            ("Speaker 2: hello", "hello"),
            ("SPEAKER_01：大家好", "大家好"),
            ("发言人A：大家好", "大家好"),
            ("说话人1\n大家好\n说话人2\n你好", "大家好\n你好"),
            ("主持人：欢迎\n嘉宾：你好\n主持人：请坐\n嘉宾：谢谢", "欢迎\n你好\n请坐\n谢谢"),
            ("A：吃了吗\nB：吃了\nA：吃的啥\nB：面", "吃了吗\n吃了\n吃的啥\n面"),
            ("A:\n吃了吗\nA:\n走吧", "吃了吗\n走吧"),
            ("主持人：说话人1：欢迎\n主持人：说话人1：再见", "欢迎\n再见"),
            // Who speaks once, as the others are named.
            ("主持人：欢迎\n嘉宾：你好\n主持人：再见", "欢迎\n你好\n再见"),
            ("A: 吃了吗\nB: 吃了\nA: 走吧", "吃了吗\n吃了\n走吧"),
            (
                "主持人：欢迎\n她说：不去\n注意：别去\nTips：别去\n主持人：再见",
                "欢迎\n她说：不去\n注意：别去\nTips：别去\n再见",
            ),
            ("主持人：红烧肉：好吃\n主持人：再见", "红烧肉：好吃\n再见"),
            // Behind stamps, which stay.
            ("00:05 张三：你好\n00:09 李四：好\n00:12 张三：走", "00:05 你好\n00:09 好\n00:12 走"),
            ("[00:05] 说话人1：你好", "[00:05] 你好"),
            ("[00:05] 说话人1\n你好", "[00:05]\n你好"),
            ("（0:05）A：\n你好\n（0:09）A：走", "（0:05）\n你好\n（0:09）走"),
        ],
    );
}

#[test]
fn a_time_of_day_among_stamps_stays() {
    let steps = TidySteps { time_stamps: true, ..off() };
    let (before, after) =
        ("00:03 大家好\n00:08 今天做红烧肉\n00:15 先备料", "大家好\n今天做红烧肉\n先备料");
    check(
        &steps,
        &[
            (&format!("{before}\n12:30 开饭"), &format!("{after}\n12:30 开饭")),
            (&format!("{before}\n12:30 开饭\n00:20 再见"), &format!("{after}\n12:30 开饭\n再见")),
            (&format!("{before}\n00:20 12:30 开饭"), &format!("{after}\n12:30 开饭")),
            // A list of chapters, and a long silence.
            ("00:00 开场\n03:20 备料\n12:30 开饭", "开场\n备料\n开饭"),
            (
                &format!("{before}\n12:30 开饭\n12:40 好吃\n12:50 吃完\n12:55 洗碗"),
                &format!("{after}\n开饭\n好吃\n吃完\n洗碗"),
            ),
        ],
    );
}

#[test]
fn what_only_looks_like_a_speaker_stays() {
    let steps = TidySteps { speakers: true, ..off() };
    for text in [
        "主持人：欢迎",
        "她说：你好",
        "注意：先关火\n注意：别烫着",
        "优点：快\n缺点：贵\n优点：轻\n缺点：小",
        "第一步：备料\n第一步：再备料",
        "10:30 出发\n10:30 到达",
        "https://a.example/1\nhttps://a.example/2",
        "说话人多的时候，要听清楚",
        "发言人说：明天下雨",
        "这是一句很长很长很长的话：你好\n这是一句很长很长很长的话：再见",
    ] {
        assert_eq!(tidy(text, &steps), text);
    }
}

#[test]
fn lines_broken_inside_a_sentence_are_joined() {
    let steps = TidySteps { join_lines: true, ..off() };
    check(
        &steps,
        &[
            (
                "今天我们来聊一\n聊红烧肉，先把五花\n肉切块。\n再焯水。",
                "今天我们来聊一聊红烧肉，先把五花肉切块。\n再焯水。",
            ),
            ("先把锅烧热，\n再放油。", "先把锅烧热，再放油。"),
            ("先把锅烧热\n，再放油。", "先把锅烧热，再放油。"),
            (
                "We went home\nand slept. Then\nwe ate, and so on.",
                "We went home and slept. Then we ate, and so on.",
            ),
            ("well-\nknown words, all of them.", "well-known words, all of them."),
            // Phrases without punctuation keep their pauses.
            (
                "今天我们来聊聊\n怎么做红烧肉\n首先准备五花肉",
                "今天我们来聊聊 怎么做红烧肉 首先准备五花肉",
            ),
            ("第一段没有说完\n\n\n\n第二段", "第一段没有说完\n\n第二段"),
            ("你好。  \n再见。", "你好。\n再见。"),
        ],
    );
}

#[test]
fn lines_that_begin_something_are_not_joined() {
    let steps = TidySteps { join_lines: true, ..off() };
    for text in [
        "先说材料，要三样\n- 五花肉\n- 冰糖\n- 酱油",
        "要三样，不多\n1. 五花肉\n2. 冰糖\n3、酱油",
        "分几步，不难\n第一步，备料\n第二，焯水",
        "# 红烧肉\n先备料，再焯水",
        "【红烧肉】\n先备料，再焯水",
        "甲说，好\n主持人：欢迎你，请坐",
        "先备料\n[00:12] 再焯水，快",
        "他说：\n“好。”\n走了，都走了",
    ] {
        assert_eq!(tidy(text, &steps), text);
    }
}

#[test]
fn long_lines_become_paragraphs_at_the_ends_of_sentences() {
    let steps = TidySteps { paragraphs: true, ..off() };
    let sentence = "今天我们来聊一聊怎么做一碗好吃的红烧肉，先把五花肉切成大块。";
    let text = sentence.repeat(12);
    let made = tidy(&text, &steps);
    let lengths: Vec<usize> = made.split("\n\n").map(|part| part.chars().count()).collect();
    assert!(
        lengths.len() > 2 && lengths.iter().all(|length| (LEAST..=MOST).contains(length)),
        "{lengths:?}"
    );
    assert_eq!(made.replace("\n\n", ""), text);
    assert_eq!(tidy(sentence, &steps), sentence);
}

const LEAST: usize = 40;
const MOST: usize = 200;

#[test]
fn no_paragraph_begins_inside_quotes_or_brackets() {
    let steps = TidySteps { paragraphs: true, ..off() };
    let spoken = "这一句是他说的。".repeat(40);
    for (open, close) in [("“", "”"), ("（", "）"), ("「", "」"), ("\"", "\""), ("《", "》")]
    {
        let text = format!("他说：{open}{spoken}{close}然后他就走了。");
        assert_eq!(tidy(&text, &steps), text);
    }
    // One that is never closed opens nothing.
    let text = format!("他说：“{spoken}然后他就走了。");
    assert!(tidy(&text, &steps).contains("\n\n"));
}

#[test]
fn phrases_without_marks_become_paragraphs_at_their_pauses() {
    let steps = TidySteps { join_lines: true, paragraphs: true, ..off() };
    let text = ["今天我们来聊聊红烧肉"; 60].join("\n");
    let made = tidy(&text, &steps);
    assert!(made.split("\n\n").count() > 3);
    assert_eq!(made.replace("\n\n", " "), text.replace('\n', " "));
}

#[test]
fn widths_are_repaired_as_the_language_writes_them() {
    let steps = TidySteps { widths: true, ..off() };
    check(
        &steps,
        &[
            ("你好,世界!", "你好，世界！"),
            ("你好, 世界.", "你好，世界。"),
            ("真的?真的!好;行", "真的？真的！好；行"),
            ("他说:走", "他说：走"),
            ("用iPhone,然后", "用iPhone，然后"),
            ("这个...那个", "这个……那个"),
            ("红烧肉(家常)的做法", "红烧肉（家常）的做法"),
            ("他说\"好\"就走", "他说“好”就走"),
            ("ＡＩ　１２３ａｂｃ", "AI　123abc"),
            ("价格３．５元，时间１０：３０，涨了５０％", "价格3.5元，时间10:30，涨了50%"),
            ("Hello，world。How are you？", "Hello, world. How are you?"),
            ("1.打开 2.关上", "1.打开 2.关上"),
        ],
    );
}

#[test]
fn numbers_addresses_code_and_latin_sentences_keep_their_widths() {
    let steps = TidySteps { widths: true, ..off() };
    for text in [
        "价格 3.5 元，时间 10:30",
        "一共 1,000 元",
        "看 https://a.example/x?q=1,2 就好",
        "看https://a.example/路径?x=好,的 就好",
        "运行 `a,b.好!` 就行",
        "```\n好,坏\n```",
        "Hello, world. How are you?",
        "写信给 a.b@c.example 就好",
        "好的:)",
        "f(x, y)",
        "他说\"好",
    ] {
        assert_eq!(tidy(text, &steps), text);
    }
}

#[test]
fn a_space_is_put_between_chinese_and_latin() {
    let steps = TidySteps { spaces: true, ..off() };
    check(
        &steps,
        &[
            ("我用iPhone15拍的", "我用 iPhone15 拍的"),
            ("今天聊聊AI和ChatGPT", "今天聊聊 AI 和 ChatGPT"),
            ("涨了50%的价", "涨了 50% 的价"),
            ("学C++语言和C#语言", "学 C++ 语言和 C# 语言"),
            ("看https://a.example/x就好", "看 https://a.example/x就好"),
            ("#AI绘画# 和@小王abc", "#AI绘画# 和@小王abc"),
            ("你好，AI。", "你好，AI。"),
            ("已经 AI 了", "已经 AI 了"),
        ],
    );
}

#[test]
fn filler_words_are_dropped_where_they_say_nothing() {
    let steps = TidySteps { fillers: true, ..off() };
    check(
        &steps,
        &[
            ("嗯，今天做红烧肉", "今天做红烧肉"),
            ("今天，嗯，做红烧肉", "今天，做红烧肉"),
            ("今天，那个那个，做红烧肉", "今天，做红烧肉"),
            ("那个那个人", "那个人"),
            ("就是说就是说我们", "就是说我们"),
            ("做好了，嗯。", "做好了。"),
            ("做好了。嗯。走吧", "做好了。走吧"),
            ("嗯。\n走吧", "走吧"),
            ("嗯嗯，呃，走吧", "走吧"),
            ("嗯 今天我们来", "今天我们来"),
            ("今天我们来 那个 做菜", "今天我们来 做菜"),
        ],
    );
}

#[test]
fn a_filler_word_that_says_something_stays() {
    let steps = TidySteps { fillers: true, ..off() };
    for text in [
        "那个人",
        "这个多少钱",
        "额头",
        "嗯？",
        "他说：“嗯”就走",
        "就是说他不来",
        "好啊",
        "买 iPhone 那个 Pro 版",
    ] {
        assert_eq!(tidy(text, &steps), text);
    }
    let latin = TidySteps {
        filler_words: vec!["um".to_owned(), "you know".to_owned(), "，".to_owned()],
        ..steps
    };
    check(
        &latin,
        &[
            ("Um, I think so", "I think so"),
            ("I think, you know, so", "I think, so"),
            ("you know him", "you know him"),
            ("the sum, the drum", "the sum, the drum"),
        ],
    );
}

#[test]
fn a_whole_transcript_is_tidied_at_once() {
    let steps = TidySteps { speakers: true, spaces: true, fillers: true, ..TidySteps::default() };
    let text = "说话人1 00:01\n嗯，大家好,今天我们来聊一\n聊AI画图。\n说话人2 00:08\n好的,那个,先打开\nhttps://a.example/x?a=1,2 看看\n";
    let expected =
        "大家好，今天我们来聊一聊 AI 画图。\n好的，先打开 https://a.example/x?a=1,2 看看";
    assert_eq!(tidy(text, &steps), expected);
}

#[test]
fn hostile_texts_take_no_longer_than_their_length() {
    let steps = TidySteps { speakers: true, spaces: true, fillers: true, ..TidySteps::default() };
    let once = std::time::Instant::now();
    for piece in [
        "[00:", "[00:1", "A：", "“（", "嗯，", "那个", "#", "`", "\"", "00:01 ", "1\n", "\n",
        "https://", "。", "(", "]", "a:b:",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        tidy(&text, &steps);
    }
    assert!(once.elapsed() < std::time::Duration::from_secs(20), "{:?}", once.elapsed());
}

/// Pieces of transcripts, real and hostile, in any order.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[今天我们做红烧肉那个人额]{1,8}",
        3 => "[，。！？、；：,.!?:;…]",
        2 => "[A-Za-z]{1,6}|[0-9]{1,3}|[０-９Ａ-Ｃ]{1,2}",
        2 => "[ \n]|\n\n|\u{3000}",
        1 => "[“”（）()\"【】\\[\\]《》]",
        1 => "嗯|呃|那个|就是说|啊",
        1 => "\\[00:[0-5][0-9]\\]|0[0-2]:[0-5][0-9]( |\n)|12:30 |\\(1:02\\)|00:00:0[1-9],000 --> 00:00:0[1-9],500",
        1 => "说话人[12]：|A：|B:|主持人：|Speaker 1: ",
        1 => "https://a\\.example/x|#话题#|@小王|`a,b`|3\\.5|10:30",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn steps() -> impl Strategy<Value = TidySteps> {
    any::<[bool; 7]>().prop_map(|on| TidySteps {
        time_stamps: on[0],
        speakers: on[1],
        join_lines: on[2],
        paragraphs: on[3],
        widths: on[4],
        spaces: on[5],
        fillers: on[6],
        ..TidySteps::default()
    })
}

fn letters(text: &str) -> String {
    crate::fold::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn tidying_a_tidied_text_changes_nothing(text in texts(), steps in steps()) {
        let once = tidy(&text, &steps);
        prop_assert_eq!(tidy(&once, &steps), once);
    }

    #[test]
    fn the_steps_come_to_an_end(text in texts(), steps in steps()) {
        prop_assert!(settled(&text, &steps).is_some());
    }

    #[test]
    fn layout_loses_no_character(text in texts(), steps in steps()) {
        let layout = TidySteps { time_stamps: false, speakers: false, fillers: false, ..steps };
        prop_assert_eq!(letters(&tidy(&text, &layout)), letters(&text));
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>(), steps in steps()) {
        let layout = TidySteps { time_stamps: false, speakers: false, fillers: false, ..steps.clone() };
        prop_assert_eq!(letters(&tidy(&text, &layout)), letters(&text));
        let once = tidy(&text, &steps);
        prop_assert_eq!(tidy(&once, &steps), once);
    }
}
