//! Do both systems have what the settings and the mappings in force ask of them? Each is examined by itself, and only read.

mod acumatica;
mod books;
mod finding;
mod named;
mod needs;
mod procore;

use jiff::civil::Date;
use serde::Serialize;

use self::acumatica::Instance;
use self::finding::Findings;
use self::procore::Company;
use super::workspace::Workspace;
use crate::connector::{AcumaticaSettings, ProcoreSettings};
use crate::evaluate::enabled;
use crate::plan::Plan;
use crate::schema::System;
use crate::sync::Doors;
use crate::value::Value;

pub use finding::{Finding, Standing};

/// What an examination is about.
pub struct Doctor<'d> {
    /// Mappings and schemas.
    pub workspace: &'d Workspace,
    /// The ways to both systems.
    pub doors: &'d Doors,
    /// What the settings file says of Procore.
    pub procore: &'d ProcoreSettings,
    /// What it says of Acumatica.
    pub acumatica: &'d AcumaticaSettings,
    /// Settings as expressions see them.
    pub settings: &'d Value,
    /// The day.
    pub today: Date,
}

/// What was found at one system.
#[derive(Clone, Debug, Serialize)]
pub struct Examined {
    /// `procore` or `acumatica`.
    pub system: &'static str,
    /// Where it is, as the settings say.
    pub at: String,
    /// Everything that was looked at.
    pub findings: Vec<Finding>,
}

/// What was found at both.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    /// The profile that says which mappings are in force.
    pub profile: String,
    /// System by system.
    pub systems: Vec<Examined>,
}

impl Examination {
    /// How many findings stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.systems.iter().flat_map(|system| &system.findings).filter(|finding| finding.standing == standing).count()
    }
}

impl Doctor<'_> {
    /// Examines both systems, whatever the other one says, and signs out.
    pub async fn examine(&self) -> Examination {
        let plans = self.at_work();
        let company = Company { door: &self.doors.procore, settings: self.procore, plans: &plans };
        let instance = Instance {
            door: &self.doors.acumatica,
            wanted: self.acumatica,
            catalog: &self.workspace.catalog,
            settings: self.settings,
            plans: &plans,
        };
        let (procore, acumatica) = tokio::join!(company.examined(), instance.examined());
        self.doors.sign_out().await;
        let examined = |system: System, at: String, findings: Findings| Examined { system: system.word(), at, findings: findings.0 };
        let (endpoint, wanted) = (&self.acumatica.endpoint(), self.acumatica);
        let systems = vec![
            examined(System::Procore, format!("{}, company {}", self.procore.api_url, self.procore.company_id), procore),
            examined(
                System::Acumatica,
                format!("{}, tenant {}, endpoint {}/{}", wanted.url, wanted.tenant, endpoint.name, endpoint.version),
                acumatica,
            ),
        ];
        Examination { profile: self.workspace.profile.name.clone(), systems }
    }

    /// The mappings that run: in force, and not switched off by a setting. What cannot be told is a matter of `check`.
    fn at_work(&self) -> Vec<&Plan> {
        self.workspace.plans.iter().filter(|plan| enabled(plan, self.settings, self.today).unwrap_or(true)).collect()
    }
}
