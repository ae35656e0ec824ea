//! Procore: who we are there, which resources this account may read, and what of its settings leads anywhere.

use super::finding::Findings;
use super::needs::{Need, needs};
use crate::connector::{Connector, ConnectorError, ErrorKind, ProcoreSettings, ProjectScope};
use crate::plan::Plan;
use crate::schema::{Schema, Scope, System};

/// The company as the settings name it.
pub(super) struct Company<'d> {
    pub(super) door: &'d Connector,
    pub(super) settings: &'d ProcoreSettings,
    pub(super) plans: &'d [&'d Plan],
}

/// Whose lists are read project by project.
const PROJECTS: &str = "projects";

impl Company<'_> {
    /// Everything that can be told of it.
    pub(super) async fn examined(&self) -> Findings {
        let mut findings = Findings::default();
        match self.door.probe().await {
            Ok(versions) => {
                let account = versions.account.map(|account| format!(" as `{account}`")).unwrap_or_default();
                findings.right("sign-in", format!("accepted{account}"));
            }
            Err(error) => {
                findings.met("sign-in", &error);
                return findings;
            }
        }
        let needed = needs(self.plans, System::Procore);
        let project = self.project(&needed.get(PROJECTS), &mut findings).await;
        for (name, need) in needed.iter().filter(|(name, _)| **name != PROJECTS) {
            for schema in &need.schemas {
                self.resource((name, need), schema, project.as_ref(), &mut findings).await;
            }
        }
        if let Some(left) = self.door.requests().left {
            findings.right("allowance", format!("{left} requests are left of the present window; what its answers say is kept to"));
        }
        let account = "what the service account is permitted, in the company's Admin tool: tools, and projects";
        findings.by_hand("right to write", "where this account may read, it need not be allowed to write", account);
        findings
    }

    /// A project to try the lists of projects with.
    async fn project(&self, need: &Option<&Need<'_>>, findings: &mut Findings) -> Option<ProjectScope> {
        let schema = need.as_ref()?.schemas.first()?;
        match self.door.peek(schema, None).await {
            Ok(Some(row)) => {
                findings.right(PROJECTS, "can be read");
                let procore = row.id(schema)?;
                // Only a project that was sent has an origin id, and only some lists name it.
                Some(ProjectScope { procore, acumatica: String::new(), procore_origin: None })
            }
            Ok(None) => {
                findings.amiss(PROJECTS, "no project can be seen", "permit projects to the service account, in the company's Admin tool");
                None
            }
            Err(error) => {
                findings.met_with(PROJECTS, &error, self.remedy(schema, &error));
                None
            }
        }
    }

    async fn resource(&self, (name, need): (&str, &Need<'_>), schema: &Schema, project: Option<&ProjectScope>, findings: &mut Findings) {
        let resource = &schema.resource;
        if resource.restricted && !self.settings.erp_platform {
            let found = format!("not asked for: `procore.erp_platform` is off, so that {} does not run", need.told());
            findings.right(name, found);
            return;
        }
        let listed = resource.wire.procore().and_then(|wire| wire.list.as_ref());
        let of_record = listed.is_some_and(|list| list.query.values().any(|value| value.starts_with('$')));
        if listed.is_none() || of_record {
            let found = if of_record { "it is listed record by record" } else { "it has no list" };
            findings.by_hand(name, found, &format!("with `crosswalk plan {}`", need.first()));
            return;
        }
        if resource.scope == Scope::Project && project.is_none() {
            findings.by_hand(name, "no project can be seen to try it with", "once a project is permitted");
            return;
        }
        match self.door.peek(schema, project).await {
            Ok(_) => findings.right(name, "can be read"),
            Err(error) => findings.met_with(name, &error, self.remedy(schema, &error)),
        }
    }

    fn remedy(&self, schema: &Schema, error: &ConnectorError) -> String {
        let wire = schema.resource.wire.procore().and_then(|wire| wire.list.as_ref());
        let named = wire.into_iter().flat_map(|list| list.query.values().chain([&list.path])).find_map(|text| setting(text));
        match (error.kind, named) {
            (ErrorKind::NotFound, Some(setting)) => {
                format!(
                    "check `procore.settings.{setting}`: nothing is there under the number that it gives, or this account may not see it"
                )
            }
            (ErrorKind::Forbidden, _) => {
                "connect the app to the company, turn the tool on, and give the service account the right to read it".to_owned()
            }
            _ => error.advice(),
        }
    }
}

/// The `NAME` of `{settings.NAME}` in a template.
fn setting(template: &str) -> Option<&str> {
    template.split_once("{settings.")?.1.split('}').next()
}
