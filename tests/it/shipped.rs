//! What the shipped mappings, profiles and settings say as a whole: what travels which way, what never travels, and that every
//! setting is read.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crosswalk::config::{Folders, ProfileChoice, Workspace, builtin_mappings, builtin_schemas};
use crosswalk::diagnostic::{Source, render};
use crosswalk::evaluate::enabled;
use crosswalk::expr::Expressions;
use crosswalk::mapping::Mapping;
use crosswalk::plan::{Direction, Plan, Settings, compile};
use crosswalk::schema::{Catalog, load};
use crosswalk::value::{Value, date_of};

static VISION: LazyLock<Workspace> = LazyLock::new(|| Workspace::open(Folders::default()).unwrap());
static EDGE: LazyLock<Workspace> = LazyLock::new(|| Workspace::open_in(Folders::default(), &ProfileChoice::named("edge")).unwrap());

/// Every shipped plan, in force or not.
fn plans() -> impl Iterator<Item = &'static Plan> {
    VISION.plans.iter().chain(&VISION.off)
}

fn plan(name: &str) -> &'static Plan {
    plans().find(|plan| plan.name == name).unwrap()
}

/// Whether a mapping runs where one setting is this.
fn runs(mapping: &str, json: &str) -> bool {
    let mut settings = VISION.defaults.clone();
    lay_over(&mut settings, &Value::from_json(json).unwrap());
    enabled(plan(mapping), &settings, date_of("2026-11-22").unwrap()).unwrap()
}

fn lay_over(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Record(below), Value::Record(above)) => {
            for (name, value) in above.iter() {
                let mut inner = below.get(name).cloned().unwrap_or_default();
                lay_over(&mut inner, value);
                below.set(name, inner);
            }
        }
        (below, above) => *below = above.clone(),
    }
}

/// The settings by their paths: `commitments.date`. A table is looked up under its name.
fn paths(settings: &Value, above: &str, into: &mut Vec<String>) {
    let Value::Record(record) = settings else { return into.push(above.to_owned()) };
    for (name, value) in record.iter() {
        let path = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        if above == "tables" { into.push(path) } else { paths(value, &path, into) }
    }
}

#[test]
fn every_setting_is_read_by_a_mapping_or_by_an_address() {
    let all = builtin_mappings().iter().chain(&builtin_schemas()).map(|file| file.text.as_str()).collect::<Vec<_>>().join("\n");
    let mut settings = Vec::new();
    paths(&VISION.defaults, "", &mut settings);
    let read = |path: &String| match path.strip_prefix("tables.") {
        Some(table) => all.contains(&format!("lookup(\"{table}\"")),
        None => all.match_indices(&format!("settings.{path}")).any(|(at, found)| {
            // `settings.a.b` in full, and not as the beginning of a longer name.
            !all[at + found.len()..].starts_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.')
        }),
    };
    let unread: Vec<&String> = settings.iter().filter(|path| !read(path)).collect();
    assert!(settings.len() > 40 && unread.is_empty(), "no mapping reads {unread:?}");
}

/// Projects are made in Procore alone (BR-28); companies are made in one system or in both, as the profile says (BR-17).
#[test]
fn each_profile_says_which_side_makes_what() {
    for (workspace, companies) in [(&VISION, vec![Direction::Import]), (&EDGE, vec![Direction::Import, Direction::Export])] {
        let ways = |procore: &str, acumatica: &str| -> Vec<Direction> {
            let named = |plan: &&Plan| {
                let (source, target) = (plan.source.name.as_str(), plan.target.name.as_str());
                (source, target) == (procore, acumatica) || (source, target) == (acumatica, procore)
            };
            workspace.plans.iter().filter(named).map(|plan| plan.direction).collect()
        };
        assert_eq!(ways("procore/projects", "acumatica/Project"), [Direction::Export], "{}", workspace.profile.name);
        assert_eq!(ways("procore/vendors", "acumatica/Vendor"), companies, "{}", workspace.profile.name);
    }
}

/// Invoices go to accounting; none is made or changed in Procore, where that needs an open billing period (BR-63) and the latest
/// invoice (BR-57).
#[test]
fn no_invoice_is_made_in_procore() {
    let made: BTreeSet<&str> = plans().filter(|plan| plan.direction == Direction::Import).map(|plan| plan.target.name.as_str()).collect();
    assert!(made.contains("procore/contract_payments"), "{made:?}");
    assert!(!made.contains("procore/requisitions") && !made.contains("procore/payment_applications"), "{made:?}");
}

/// Terms are free text in Procore and come from the vendor (BR-50, BR-51), tax codes stay behind (BR-55), and so do attachments (BR-62).
#[test]
fn terms_tax_and_files_of_documents_do_not_travel() {
    for plan in plans().filter(|plan| plan.direction == Direction::Export) {
        for rule in plan.rules() {
            let field = rule.field.name.as_str();
            let stays = ["Terms", "Branch", "Tax", "files", "Attachment"].into_iter().find(|word| field.contains(word));
            assert_eq!(stays, None, "`{}` of {}", field, plan.name);
        }
    }
}

/// A change of a commitment is released until it is Closed; one of the prime contract, or of the budget, stays On Hold (BR-46, BR-38).
#[test]
fn change_orders_of_commitments_are_released_and_others_wait_on_hold() {
    for name in ["commitment_change_orders", "commitment_change_order_packages"] {
        let steps: Vec<_> = plan(name).steps.iter().map(|step| (step.action.as_str(), step.to.as_str())).collect();
        assert_eq!(steps, [("RemoveChangeOrderFromHold", "Open"), ("ReleaseChangeOrder", "Closed")], "{name}");
    }
    for name in ["prime_contract_change_orders", "prime_contract_change_order_packages", "budget_changes", "budget_modifications"] {
        assert_eq!(plan(name).steps.len(), 0, "{name}");
    }
}

/// Purchase orders apart from subcontracts (BR-56), released retainage (BR-59), and the shape of budget changes (BR-37).
#[test]
fn settings_turn_mappings_on_and_off() {
    assert!(runs("purchase_orders", "{}") && !runs("purchase_orders", r#"{"commitments":{"purchase_orders":false}}"#));
    assert!(runs("subcontracts", r#"{"commitments":{"purchase_orders":false}}"#));
    assert!(runs("retainage_releases", "{}") && !runs("retainage_releases", r#"{"retainage":{"release":false}}"#));
    assert!(runs("budget_changes", "{}") && !runs("budget_modifications", "{}"));
    let older = r#"{"budgets":{"changes":"budget_modifications"}}"#;
    assert!(!runs("budget_changes", older) && runs("budget_modifications", older));
    let pro_forma = r#"{"prime_contract_invoices":{"document":"pro_forma"}}"#;
    assert!(runs("prime_contract_invoices", "{}") && !runs("prime_contract_pro_formas", "{}"));
    assert!(!runs("prime_contract_invoices", pro_forma) && runs("prime_contract_pro_formas", pro_forma));
}

/// Benchmarks are run by hand, and are to be there when somebody does.
#[test]
fn what_the_benchmarks_map_is_sound() {
    let files = |folder: &str, ending: &str| {
        let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let named = all.filter(|path| path.extension().is_some_and(|known| known == ending));
        named.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect::<Vec<_>>()
    };
    let schemas = files("benches/schemas", "json").into_iter().map(|(path, text)| load(&path, &text).unwrap());
    let shipped = VISION.catalog.iter().map(|schema| (**schema).clone());
    let catalog = Catalog::new(shipped.chain(schemas));
    let texts = files("benches/mappings", "yaml").into_iter();
    let mappings: Vec<Mapping> = texts.map(|(path, text)| crosswalk::mapping::read(&Source::new(path, text)).0.unwrap()).collect();
    let defaults = Value::from_json(&std::fs::read_to_string("benches/mappings/settings.json").unwrap()).unwrap();
    let settings = Settings { defaults, ..Settings::default() };
    let plans =
        compile(&mappings, &catalog, &settings, &Expressions::new()).unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    assert_eq!(plans.len(), 2);
}
