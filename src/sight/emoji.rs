//! Which signs are built of several characters: the sequences of UTS #51, emoji 16.
//!
//! A sequence that is not among them shows as its parts, so that what holds it together would be unseen: it is no
//! sign then, and is spelled out. Newer sequences join the table when they are published.

/// Whether U+200D between these two, selectors and skin tones left out, is part of one emoji.
pub(super) fn are_joined(before: char, after: char) -> bool {
    match after {
        // A profession: a person and what they work with.
        '⚕' | '⚖' | '✈' | '🌾' | '🍳' | '🍼' | '🎄' | '🎓' | '🎤' | '🎨' | '🏫' | '🏭' | '💻' | '💼' | '🔧' | '🔬'
        | '🚀' | '🚒' | '🦯' | '🦼' | '🦽' | '🦰' | '🦱' | '🦲' | '🦳' | '🩰' | '🤝' => {
            is_adult(before)
        }
        // Families and couples.
        '👨' | '👩' | '🧑' => is_adult(before) || matches!(before, '❤' | '💋' | '🤝'),
        '👦' | '👧' | '🧒' => is_adult(before) || matches!(before, '👦' | '👧' | '🧒'),
        '❤' | '🐰' => is_adult(before),
        '💋' | '🩹' => before == '❤',
        '♀' | '♂' => is_gendered(before),
        '➡' => matches!(before, '🏃' | '🚶' | '🧎' | '♀' | '♂' | '🦯' | '🦼' | '🦽'),
        '🔥' => matches!(before, '❤' | '🐦'),
        '🌈' | '⚧' => before == '🏳',
        '☠' => before == '🏴',
        '🦺' => before == '🐕',
        '⬛' => matches!(before, '🐈' | '🐦'),
        '❄' => before == '🐻',
        '🗨' => before == '👁',
        '💨' => before == '😮',
        '💫' => before == '😵',
        '🌫' => before == '😶',
        '↔' | '↕' => before == '🙂',
        '🟩' => before == '🍋',
        '🟫' => before == '🍄',
        '💥' => before == '⛓',
        _ => false,
    }
}

fn is_adult(c: char) -> bool {
    matches!(c, '👨' | '👩' | '🧑')
}

/// People that are a woman or a man only by the sign that follows.
fn is_gendered(c: char) -> bool {
    matches!(
        u32::from(c),
        0x26F9
            | 0x1F3C3..=0x1F3C4
            | 0x1F3CA..=0x1F3CC
            | 0x1F46E..=0x1F46F
            | 0x1F470..=0x1F471
            | 0x1F473
            | 0x1F477
            | 0x1F481..=0x1F482
            | 0x1F486..=0x1F487
            | 0x1F575
            | 0x1F645..=0x1F647
            | 0x1F64B
            | 0x1F64D..=0x1F64E
            | 0x1F6A3
            | 0x1F6B4..=0x1F6B6
            | 0x1F926
            | 0x1F935
            | 0x1F937..=0x1F939
            | 0x1F93C..=0x1F93E
            | 0x1F9B8..=0x1F9B9
            | 0x1F9CD..=0x1F9CF
            | 0x1F9D4
            | 0x1F9D6..=0x1F9DF
    )
}

/// Whether this is one of the five skin tones, which show on the sign before.
pub(super) fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

/// Whether a text face and an emoji face are told apart by a selector after this character.
pub(super) fn has_two_faces(c: char) -> bool {
    matches!(
        u32::from(c),
        0x23 | 0x2A | 0x30..=0x39 | 0xA9 | 0xAE | 0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2194..=0x2199
        | 0x21A9..=0x21AA | 0x231A..=0x231B | 0x2328 | 0x23CF | 0x23E9..=0x23F3 | 0x23F8..=0x23FA | 0x24C2
        | 0x25AA..=0x25AB | 0x25B6 | 0x25C0 | 0x25FB..=0x25FE | 0x2600..=0x2604 | 0x260E | 0x2611 | 0x2614..=0x2615
        | 0x2618 | 0x261D | 0x2620 | 0x2622..=0x2623 | 0x2626 | 0x262A | 0x262E..=0x262F | 0x2638..=0x263A | 0x2640
        | 0x2642 | 0x2648..=0x2653 | 0x265F..=0x2660 | 0x2663 | 0x2665..=0x2666 | 0x2668 | 0x267B | 0x267E..=0x267F
        | 0x2692..=0x2697 | 0x2699 | 0x269B..=0x269C | 0x26A0..=0x26A1 | 0x26A7 | 0x26AA..=0x26AB | 0x26B0..=0x26B1
        | 0x26BD..=0x26BE | 0x26C4..=0x26C5 | 0x26C8 | 0x26CE..=0x26CF | 0x26D1 | 0x26D3..=0x26D4 | 0x26E9..=0x26EA
        | 0x26F0..=0x26F5 | 0x26F7..=0x26FA | 0x26FD | 0x2702 | 0x2705 | 0x2708..=0x270D | 0x270F | 0x2712 | 0x2714
        | 0x2716 | 0x271D | 0x2721 | 0x2728 | 0x2733..=0x2734 | 0x2744 | 0x2747 | 0x274C | 0x274E | 0x2753..=0x2755
        | 0x2757 | 0x2763..=0x2764 | 0x2795..=0x2797 | 0x27A1 | 0x27B0 | 0x2934..=0x2935 | 0x2B05..=0x2B07
        | 0x2B1B..=0x2B1C | 0x2B50 | 0x2B55 | 0x3030 | 0x303D | 0x3297 | 0x3299 | 0x1F004 | 0x1F170..=0x1F171
        | 0x1F17E..=0x1F17F | 0x1F202 | 0x1F21A | 0x1F22F | 0x1F237 | 0x1F30D..=0x1F30F | 0x1F315 | 0x1F31C
        | 0x1F321 | 0x1F324..=0x1F32C | 0x1F336 | 0x1F378 | 0x1F37D | 0x1F393 | 0x1F396..=0x1F397
        | 0x1F399..=0x1F39B | 0x1F39E..=0x1F39F | 0x1F3A7 | 0x1F3AC..=0x1F3AE | 0x1F3C2..=0x1F3C4 | 0x1F3C6
        | 0x1F3CA..=0x1F3CE | 0x1F3D4..=0x1F3E0 | 0x1F3ED | 0x1F3F3 | 0x1F3F5 | 0x1F3F7 | 0x1F408 | 0x1F415
        | 0x1F41F | 0x1F426 | 0x1F43F | 0x1F441..=0x1F442 | 0x1F446..=0x1F449 | 0x1F44D..=0x1F44E | 0x1F453
        | 0x1F46A | 0x1F47D | 0x1F4A3 | 0x1F4B0 | 0x1F4B3 | 0x1F4BB | 0x1F4BF | 0x1F4CB | 0x1F4DA | 0x1F4DF
        | 0x1F4E4..=0x1F4E6 | 0x1F4EA..=0x1F4ED | 0x1F4F7 | 0x1F4F9..=0x1F4FB | 0x1F4FD | 0x1F508 | 0x1F50D
        | 0x1F512..=0x1F513 | 0x1F549..=0x1F54A | 0x1F550..=0x1F567 | 0x1F56F..=0x1F570 | 0x1F573..=0x1F579
        | 0x1F587 | 0x1F58A..=0x1F58D | 0x1F590 | 0x1F595 | 0x1F5A5 | 0x1F5A8 | 0x1F5B1..=0x1F5B2 | 0x1F5BC
        | 0x1F5C2..=0x1F5C4 | 0x1F5D1..=0x1F5D3 | 0x1F5DC..=0x1F5DE | 0x1F5E1 | 0x1F5E3 | 0x1F5E8 | 0x1F5EF
        | 0x1F5F3 | 0x1F5FA | 0x1F610 | 0x1F687 | 0x1F68D | 0x1F691 | 0x1F694 | 0x1F698 | 0x1F6AD | 0x1F6B2
        | 0x1F6B9..=0x1F6BA | 0x1F6BC | 0x1F6CB | 0x1F6CD..=0x1F6CF | 0x1F6E0..=0x1F6E5 | 0x1F6E9 | 0x1F6F0
        | 0x1F6F3
    )
}

/// The flags that are written in tags after a black flag: England, Scotland and Wales.
const TAGGED: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

/// How many tags after a black flag build a flag with it, the closing one included; none where they do not.
pub(super) fn flag_tags(after_flag: &str) -> usize {
    let mut word = String::new();
    for c in after_flag.chars() {
        match u32::from(c) {
            0xE007F => return if TAGGED.contains(&word.as_str()) { word.len() + 1 } else { 0 },
            code @ 0xE0061..=0xE007A if word.len() < 5 => word.extend(char::from_u32(code - 0xE0000)),
            _ => return 0,
        }
    }
    0
}
