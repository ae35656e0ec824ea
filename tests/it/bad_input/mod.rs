//! Anything at all as a mapping, expression, path or record: a diagnostic or a refusal, never a panic, a hang or unbounded memory.

pub(crate) mod bodies;
mod nasty;

use std::path::Path;
use std::time::{Duration, Instant};

use fastrand::Rng;

/// The same texts at every run. The fuzzer makes up others.
const SEED: u64 = 20_260_305;
/// The seed, or another one that somebody wants to try.
fn seed() -> u64 {
    std::env::var("CROSSWALK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

/// Nothing takes longer, on a slow computer that has much else to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is put into texts: what has a meaning somewhere, and what has none.
const PIECES: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    "`",
    "${",
    "\\",
    "\n",
    "\n  - ",
    ": ",
    ",",
    "&a ",
    "*a",
    "<<: *a",
    "null",
    "~",
    "!!binary ",
    "$",
    "$..",
    "[*]",
    "?.",
    "??",
    "|x| ",
    "=> ",
    "let x = ",
    ";",
    "loop {",
    "-",
    "99999999999999999999999999999",
    "1e400",
    "0x",
    "é",
    "\u{0}",
    "\u{feff}",
    "\t",
    "..",
];

/// A text with some of its parts changed, taken out, doubled, or put where they do not belong.
fn mutated(text: &str, other: &str, random: &mut Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let others: Vec<char> = other.chars().collect();
    for _ in 0..random.usize(1..5) {
        let at = random.usize(..=letters.len());
        let end = (at + random.usize(..20)).min(letters.len());
        let piece: Vec<char> = match random.u32(..6) {
            0 => Vec::new(),
            1 => letters[at..end].repeat(2),
            2 => PIECES[random.usize(..PIECES.len())].chars().collect(),
            3 => PIECES[random.usize(..PIECES.len())].repeat(random.usize(1..40)).chars().collect(),
            4 if !others.is_empty() => {
                let from = random.usize(..others.len());
                others[from..(from + random.usize(..60)).min(others.len())].to_vec()
            }
            _ => vec![char::from(random.u8(..))],
        };
        letters.splice(at..if random.bool() { end } else { at }, piece);
    }
    letters.into_iter().collect()
}

/// Runs a body over its corpus, then over mutations of it; the longest that one text took.
fn run(corpus: &[String], mutations: usize, body: fn(&str)) -> (usize, Duration) {
    let mut random = Rng::with_seed(seed());
    let mut longest = Duration::ZERO;
    for number in 0..mutations {
        let (text, other) = (&corpus[random.usize(..corpus.len())], &corpus[random.usize(..corpus.len())]);
        let text = mutated(text, other, &mut random);
        longest = longest.max(took(&text, number, body));
    }
    (mutations, longest)
}

fn took(text: &str, number: usize, body: fn(&str)) -> Duration {
    let begun = Instant::now();
    if std::panic::catch_unwind(|| body(text)).is_err() {
        panic!("number {number} upsets it:\n{text}");
    }
    let took = begun.elapsed();
    assert!(took < PATIENCE, "number {number} takes {took:?}:\n{}", text.chars().take(2_000).collect::<String>());
    took
}

fn texts_below(folder: &Path, into: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => texts_below(&entry, into),
            false => into.extend(std::fs::read_to_string(&entry)),
        }
    }
}

/// What stands behind these keys in the shipped mappings, each on its line.
fn written(keys: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in bodies::mapping_files() {
        let node = crosswalk::mapping::yaml::parse(&source).unwrap();
        let mut rest = vec![&node];
        while let Some(node) = rest.pop() {
            use crosswalk::mapping::yaml::NodeKind;
            match &node.kind {
                NodeKind::List(items) => rest.extend(items),
                NodeKind::Map(entries) => {
                    for (key, value) in entries {
                        let named = key.word().is_some_and(|key| keys.contains(&key.text.as_str()));
                        found.extend(value.word().filter(|_| named).map(|word| word.text));
                        rest.push(value);
                    }
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn no_text_upsets_what_reads_mappings_expressions_paths_and_records() {
    let mappings: Vec<String> = bodies::mapping_files().iter().map(|source| source.text.clone()).collect();
    let mut expressions = written(&["expr", "when", "that"]);
    expressions.extend(nasty::SCRIPTS.map(str::to_owned));
    let paths = written(&["from", "each", "id", "key", "of", "unfold"]);
    let mut records = Vec::new();
    texts_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records"), &mut records);
    let ran = std::thread::scope(|threads| {
        let one = threads.spawn(|| [run(&mappings, 150, bodies::mapping), run(&paths, 3_000, bodies::path)]);
        let two = [run(&expressions, 3_000, bodies::expression), run(&records, 150, bodies::record)];
        [one.join().unwrap(), two]
    });
    let [[mappings, paths], [expressions, records]] = ran;
    println!(
        "bad input: {} mappings, {} expressions, {} paths and {} records, none of which upset it (seed {}); slowest {:?}, {:?}, {:?}, {:?}",
        mappings.0,
        expressions.0,
        paths.0,
        records.0,
        seed(),
        mappings.1,
        expressions.1,
        paths.1,
        records.1
    );
}

#[test]
fn what_was_made_to_hurt_is_told_or_refused() {
    type Body = fn(&str);
    let all: [(&str, Vec<String>, Body); 4] = [
        ("expression", nasty::expressions(), bodies::expression),
        ("path", nasty::paths(), bodies::path),
        ("record", nasty::records(), bodies::record),
        ("mapping", nasty::mappings(), bodies::mapping),
    ];
    for (what, texts, body) in all {
        for (number, text) in texts.iter().enumerate() {
            // What ends the whole process leaves at least its number behind.
            eprintln!("{what} {number}");
            took(text, number, body);
        }
    }
}
