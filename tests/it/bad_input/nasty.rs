//! Texts that were made to hurt: deep, doubling, endless, or large.

/// Expressions that run in Rhai, among what mutations are made of.
pub(super) const SCRIPTS: [&str; 6] = [
    "let total = 0; for row in source.rows { total += row.n ?? 0; } total",
    "let list = []; while list.count() < 5 { list.push(list.count()); } list.reverse(); list",
    "let r = #{a: [1, 2]}; r.a[1] = 5; r.b = source.vendor?.name; if r.b == \"A\" { return r } r.keys()",
    "let n = 0; loop { n += 1; if n > 10 { break; } } [1, 2].map(|x| x * n)",
    "let t = \"\"; for (row, at) in source.rows { t += `${at}: ${row.name ?? \"none\"}`; } t.index_of(\"é\")",
    "for i in 0..10 { if i % 2 == 0 { continue } } switch source.name.trim() { \"Acme\" => { let x = 1; x }, _ => 2 }",
];

fn nested(open: &str, middle: &str, shut: &str, levels: usize) -> String {
    format!("{}{middle}{}", open.repeat(levels), shut.repeat(levels))
}

/// Expressions.
pub(super) fn expressions() -> Vec<String> {
    let mut all: Vec<String> = [10, 16, 24, 40, 63, 500, 4_000]
        .into_iter()
        .flat_map(|levels| {
            [
                nested("(", "1", ")", levels),
                nested("[", "1", "]", levels),
                nested("#{a: ", "1", "}", levels),
                nested("{", "1", "}", levels),
                nested("-", "1", "", levels),
                nested("!", "true", "", levels),
                nested("`${", "1", "}`", levels),
                // Each level asks twice what is below it, if one is not careful.
                nested("1 in [", "1", "]", levels),
                nested("1 in [1, 2 in [", "3", "]]", levels),
                nested("[1].map(|x| ", "x", ")", levels),
                nested("first([", "1", "])", levels),
                nested("if true { ", "1", " } else { 2 }", levels),
                nested("switch 1 { 1 => ", "1", ", _ => 2 }", levels),
                nested("let x = { ", "let y = 1; y", " }; x", levels),
                nested("(source?.a ?? ", "1", ")", levels),
                nested("while true { ", "break", " }", levels),
                format!("source{}", "?.a.trim()".repeat(levels)),
                format!("source{}", "[0]".repeat(levels)),
            ]
        })
        .collect();
    // Doubles at each step, and is small at the top.
    all.push(format!("[1]{}", ".map(|x| [x, x])".repeat(60)));
    all.push(format!("[source]{}", ".map(|x| #{a: x, b: x, c: x})".repeat(60)));
    all.push(format!("[\"{}\"]{}[0]", "x".repeat(500), ".map(|x| x + x)".repeat(60)));
    all.push(format!("\"{}\"{}", "a".repeat(200), ".replace(\"a\", \"aaaaaaaaaa\")".repeat(60)));
    // Every member against every member, again and again.
    let many = format!("split(pad_left(\"\", 1000, \"a\"){}, \"a\")", ".replace(\"a\", \"aa\")".repeat(6));
    all.push(format!("[{many}].map(|l| l.map(|x| \"b\" in l))"));
    all.push(format!("[{many}].map(|l| l.map(|x| join(l, \"\")))"));
    all.push(format!("[{many}].map(|l| l.map(|x| l.map(|y| l)))"));
    // A large copy for each small step.
    all.push(format!("[#{{a: {many}}}].map(|x| {many}.map(|y| count(x.a)))"));
    // A place that may be one of very many, thrice over.
    let either = |root: &str| (0..300).map(|n| format!("{root}.a{n}")).collect::<Vec<_>>().join(" ?? ");
    all.push(format!("({}).map(|x| ({}).map(|y| ({}).map(|z| z.b)))", either("source"), either("x"), either("y")));
    all.push("79228162514264337593543950335 * 79228162514264337593543950335".to_owned());
    all.push("round_half_up(79228162514264337593543950335, 28) - -79228162514264337593543950335".to_owned());
    all.push("add_days(\"9999-12-31\", 100000) + add_days(\"0001-01-01\", -100000)".to_owned());
    all.push("source.rows[-79228162514264337593543950335] ?? source.rows[9223372036854775807]".to_owned());
    all.push("overlap(-79228162514264337593543950335, 79228162514264337593543950335, -79228162514264337593543950335, 79228162514264337593543950335)".to_owned());
    all
}

/// Paths.
pub(super) fn paths() -> Vec<String> {
    [
        nested("$[?(", "1", ")]", 500),
        nested("$[?@", ".a", "]", 12),
        format!("${}", "..*".repeat(30)),
        format!("${}", "[*]".repeat(1_000)),
        format!("$[{}]", "*,".repeat(1_500) + "*"),
        "$[9999999999999999999]".to_owned(),
        "$[-9007199254740991:9007199254740991:9007199254740991]".to_owned(),
        format!("$[?match(@.name, '{}')]", "(a{1000}){1000}"),
        format!("$[?match(@.name, '{}')]", "(a*)*".repeat(50) + "b"),
        format!("$['{}']", "é".repeat(5_000)),
        format!("$[?{}]", vec!["!(@.a)"; 300].join("&&")),
    ]
    .into()
}

/// Records.
pub(super) fn records() -> Vec<String> {
    let long = "9".repeat(5_000);
    [
        nested("{\"Details\":", "1", "}", 5_000),
        nested("[", "", "]", 100_000),
        format!("{{\"id\": {long}}}"),
        "{\"id\": 1e400, \"amount\": -1e-400}".to_owned(),
        "{\"id\": 1, \"id\": 2, \"id\": {\"id\": []}}".to_owned(),
        format!("{{\"id\": 1, \"items\": [{}]}}", vec!["{}"; 3_000].join(",")),
        format!("{{\"id\": \"{}\"}}", "\\u0000\\ud800".repeat(1_000)),
        format!("{{\"id\": 1, \"status\": \"approved\", \"line_items\": [{}]}}", vec!["{\"id\": 1, \"amount\": \"0.1\"}"; 400].join(",")),
        "\u{feff}{}".to_owned(),
        format!("{{{}}}", (0..60_000).map(|n| format!("\"field{n}\":1")).collect::<Vec<_>>().join(",")),
        "null".to_owned(),
        String::new(),
    ]
    .into()
}

/// Mapping files.
pub(super) fn mappings() -> Vec<String> {
    let head = "mapping: anything\ntitle: A\ndirection: import\nsource: acumatica/CostCode\ntarget: procore/standard_cost_codes\n";
    let aliases = (1..9).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "))).collect::<String>();
    [
        nested("[", "", "]", 100_000),
        nested("{a: ", "1", "}", 100_000),
        (0..20_000).map(|n| format!("{}a:\n", " ".repeat(n % 400))).collect(),
        format!("a0: &a0 [x, x]\n{aliases}"),
        format!("{head}fields:\n{}", "  - {to: code, from: $.CostCodeID}\n".repeat(2_000)),
        format!("{head}fields:\n  - to: code\n    expr: \"{}\"\n", "(".repeat(8_000)),
        format!("{head}fields:\n  - to: code\n    from: \"{}\"\n", "$[?(@".repeat(700)),
        format!("{head}fields:\n  - {}", nested("{to: code, each: \"$.a[*]\", fields: [", "", "]}", 100)),
        format!("{head}fields: []\nwhen: \"{}\"\n", vec!["source.CostCodeId == 'x'"; 300].join(" || ")),
        format!("{head}fields: []\n{}", (0..3_000).map(|n| format!("key{n}: 1\n")).collect::<String>()),
        format!("{head}fields: [{}]\n", vec!["~"; 5_000].join(",")),
        format!("{head}fields: &f\n  - <<: *f\n    to: code\n"),
    ]
    .into()
}
