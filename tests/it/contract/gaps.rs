//! What the vendor's own endpoint cannot carry of the shipped mappings: the documented gaps, and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use crosswalk::config::{Folders, ProfileChoice, Workspace};
use crosswalk::contract::{Description, FindingKind, Instance, diff, entities_in_use};

use super::exceptions::EXCEPTIONS;
use crate::program::Folder;

#[test]
fn the_vendors_own_endpoint_lacks_what_is_documented_and_nothing_else() {
    let Some(reference) = std::env::var_os("CROSSWALK_REFERENCE") else {
        println!("vendor gaps: skipped, CROSSWALK_REFERENCE is not set");
        return;
    };
    let file = Path::new(&reference).join("acumatica/swagger.json");
    let description = Description::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((description.endpoint.name.as_str(), description.endpoint.version.as_str()), ("Default", "24.200.001"));
    let instance = Instance::described(description);
    let mut told = Vec::new();
    for profile in ["vision", "edge"] {
        let workspace = Workspace::open_in(Folders::default(), &ProfileChoice::named(profile)).unwrap();
        let in_force: Vec<String> = entities_in_use(&workspace.plans).iter().map(|schema| format!("{} ", schema.name)).collect();
        let documented = EXCEPTIONS.iter().map(|(place, _)| *place).filter(|place| in_force.iter().any(|name| place.starts_with(name)));
        let documented: BTreeSet<String> = documented.map(str::to_owned).collect();
        let found = diff(&workspace.plans, &workspace.catalog, &instance);
        let gaps: BTreeSet<String> =
            found.findings.iter().map(|gap| format!("{} {}", gap.resource, gap.path.as_deref().unwrap_or_default())).collect();
        assert_eq!(gaps, documented, "{profile}: {:#?}", found.findings);
        assert!(found.findings.iter().all(|gap| gap.kind == FindingKind::OutsideContract), "{:#?}", found.findings);
        let row = found.findings.iter().find(|gap| gap.path.as_deref() == Some("Details.RetainagePct") && gap.resource == "acumatica/Bill");
        let users = &row.unwrap().used_by;
        let held = users.iter().find(|user| user.row.as_deref() == Some("subcontractor_invoices.line.retainage_held_percent"));
        assert!(held.unwrap().place.as_ref().unwrap().starts_with("mappings/subcontractor_invoices.yaml:"), "{users:?}");
        assert!(found.untold.is_empty() && found.fields > 400, "{found:?}");
        told.push(gaps.len());
    }
    let ran = Folder::new().run(&["schema", "diff", "--swagger", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{ran}");
    assert!(ran.out.contains(&format!("\n{} differences found: ", told[0])), "{ran}");
    println!("vendor gaps: {} in profile vision, {} in edge, all of them documented", told[0], told[1]);
}
