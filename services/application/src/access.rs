//! Who may call what.

use hengji_rpc::Access::{self, Permission, Public};

pub(crate) const READ: &str = "application.read";
pub(crate) const MANAGE: &str = "application.manage";
pub(crate) const RESPOND: &str = "application.respond";
pub(crate) const DECIDE: &str = "application.decide";
pub(crate) const APPLY: &str = "application.apply";
pub(crate) const DISCLOSE: &str = "application.disclose";
pub(crate) const REPORT: &str = "application.report";

/// What the caller must be able to read in the whole region, so that a list answered by another service is complete.
pub(crate) const READS_OF_LINKAGE: &[&str] = &["targets.read", "monitoring.read", "evaluation.read"];
pub(crate) const READS_OF_REPORT: &[&str] = &[READ, "targets.read", "monitoring.read", "evaluation.read"];

pub(crate) const ACCESS: &[(&str, Access)] = &[
    ("/hengji.application.v1.FeedbackService/IssueFeedback", Permission(MANAGE)),
    ("/hengji.application.v1.FeedbackService/FileRectificationPlan", Permission(RESPOND)),
    ("/hengji.application.v1.FeedbackService/ReportRectificationProgress", Permission(RESPOND)),
    ("/hengji.application.v1.FeedbackService/VerifyRectification", Permission(MANAGE)),
    ("/hengji.application.v1.FeedbackService/GetFeedback", Permission(READ)),
    ("/hengji.application.v1.FeedbackService/ListFeedbacks", Permission(READ)),
    ("/hengji.application.v1.FeedbackService/ListRectifications", Permission(READ)),
    ("/hengji.application.v1.LinkageService/CreateLinkageRun", Permission(MANAGE)),
    ("/hengji.application.v1.LinkageService/DecideProposal", Permission(DECIDE)),
    ("/hengji.application.v1.LinkageService/ApplyLinkageRun", Permission(APPLY)),
    ("/hengji.application.v1.LinkageService/GetLinkageRun", Permission(READ)),
    ("/hengji.application.v1.LinkageService/ListLinkageProposals", Permission(READ)),
    ("/hengji.application.v1.UnmetExplanationService/RequireExplanation", Permission(MANAGE)),
    ("/hengji.application.v1.UnmetExplanationService/FileExplanation", Permission(RESPOND)),
    ("/hengji.application.v1.UnmetExplanationService/AcceptExplanation", Permission(MANAGE)),
    ("/hengji.application.v1.UnmetExplanationService/ListExplanations", Permission(READ)),
    ("/hengji.application.v1.DisclosureService/PublishDisclosure", Permission(DISCLOSE)),
    ("/hengji.application.v1.DisclosureService/GetDisclosure", Public),
    ("/hengji.application.v1.DisclosureService/ListDisclosures", Public),
    ("/hengji.application.v1.AnnualReportService/CreateAnnualReport", Permission(REPORT)),
    ("/hengji.application.v1.AnnualReportService/GetAnnualReport", Permission(READ)),
    ("/hengji.application.v1.AnnualReportService/ListAnnualReports", Permission(READ)),
    ("/hengji.application.v1.AnnualReportService/ListFigureRows", Permission(READ)),
    ("/hengji.application.v1.AnnualReportService/RenderAnnualReport", Permission(READ)),
];
