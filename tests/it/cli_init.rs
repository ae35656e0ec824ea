//! `crosswalk init`, help, and the ways in which the program is called wrongly.

use insta::assert_snapshot;

use super::program::Folder;

#[test]
fn a_folder_is_made_to_work_in() {
    let folder = Folder::new();
    let ran = folder.run(&["init", "erp"]);
    assert_eq!(ran.code, 0, "{ran}");
    let counted = ran.out.lines().map(|line| {
        line.split_whitespace().map(|word| if word.parse::<u32>().is_ok() { "[number]" } else { word }).collect::<Vec<_>>().join(" ")
    });
    assert_snapshot!(counted.collect::<Vec<_>>().join("\n"));
    for path in [
        "erp/crosswalk.yaml",
        "erp/.gitignore",
        "erp/mappings/companies.yaml",
        "erp/mappings/companies.cases.yaml",
        "erp/schemas/mapping.schema.json",
    ] {
        assert!(folder.has(path), "{path}");
    }
    let check = folder.run(&["check", "--settings", "erp/crosswalk.yaml"]);
    assert_eq!(check.code, 0, "{check}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::new().with("crosswalk.yaml", "actor: jane\n").with("mappings/companies.yaml", "mine\n");
    let ran = folder.run(&["init", "--json"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(folder.read("crosswalk.yaml"), "actor: jane\n");
    assert_eq!(folder.read("mappings/companies.yaml"), "mine\n");
    let made: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(made["kept"], serde_json::json!(["crosswalk.yaml", "mappings/companies.yaml"]));
}

#[test]
fn a_commented_line_of_the_template_is_sound_once_it_counts() {
    let folder = Folder::new().with_shipped_files();
    let text = folder.read("crosswalk.yaml");
    // Examples begin with a key; all other comments are sentences.
    let key = |line: &str| {
        let word = line.trim_start().split(':').next().unwrap_or_default();
        line.contains(':') && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_' || letter == '#')
    };
    let counts = |line: &str| {
        line.strip_prefix("# ").filter(|rest| key(rest) && !rest.trim_start().starts_with('#')).map_or(line.to_owned(), str::to_owned)
    };
    let text: Vec<String> = text.lines().map(counts).collect();
    folder.write("crosswalk.yaml", &text.join("\n"));
    let ran = folder.run(&["check"]);
    assert_eq!(ran.code, 0, "{}\n{ran}", text.join("\n"));
    assert!(text.iter().any(|line| line.starts_with("procore:")) && text.iter().any(|line| line.contains("  password: env:")));
}

#[test]
fn help_names_the_commands_and_exit_codes() {
    let ran = Folder::new().run(&["--help"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for word in ["init", "check", "test", "review", "docs", "--settings", "--json", "3 mappings or settings", "Exit codes"] {
        assert!(ran.out.contains(word), "{word}\n{ran}");
    }
}

#[test]
fn a_wrong_call_is_a_matter_of_usage() {
    for arguments in [&["chek"][..], &["docs", "--format", "pdf"], &["review", "--accept", "--reject"], &[]] {
        let ran = Folder::new().run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        assert!(ran.err.contains("For more information, try '--help'") || ran.err.contains("Usage: crosswalk"), "{ran}");
    }
    let ran = Folder::new().run(&["docs", "--out", "no/such/folder.md"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.err.contains("no/such/folder.md cannot be written"), "{ran}");
}

#[test]
fn the_schema_of_mappings_is_printed() {
    let folder = Folder::new().with_shipped_files();
    assert!(folder.run(&["schema", "mapping"]).out == folder.read("schemas/mapping.schema.json"));
}
