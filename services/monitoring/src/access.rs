//! Who may call what.

use hengji_rpc::Access::{self, AnyOf, Permission};

const READ: &str = "monitoring.read";
const ISSUE: &str = "monitoring.issue";
const PAY: &str = "monitoring.pay";
const REPORT: &str = "monitoring.report";
const CORRECT: &str = "monitoring.correct";
const SUPERVISE: &str = "monitoring.supervise";
const SUSPEND: &str = "monitoring.suspend";

pub(crate) const ACCESS: &[(&str, Access)] = &[
    ("/hengji.monitoring.v1.AllotmentService/IssueAllotment", Permission(ISSUE)),
    ("/hengji.monitoring.v1.AllotmentService/AdjustAllotment", Permission(ISSUE)),
    ("/hengji.monitoring.v1.AllotmentService/CarryOverAllotment", Permission(ISSUE)),
    ("/hengji.monitoring.v1.AllotmentService/WithdrawAllotment", Permission(ISSUE)),
    ("/hengji.monitoring.v1.AllotmentService/GetAllotment", Permission(READ)),
    ("/hengji.monitoring.v1.AllotmentService/ListAllotments", Permission(READ)),
    ("/hengji.monitoring.v1.PaymentService/PostPayment", Permission(PAY)),
    ("/hengji.monitoring.v1.PaymentService/BatchPostPayments", Permission(PAY)),
    ("/hengji.monitoring.v1.PaymentService/StreamPayments", Permission(PAY)),
    ("/hengji.monitoring.v1.PaymentService/GetPayment", Permission(READ)),
    ("/hengji.monitoring.v1.PaymentService/ListPayments", Permission(READ)),
    ("/hengji.monitoring.v1.PaymentService/ReconcilePayments", Permission(READ)),
    ("/hengji.monitoring.v1.PositionService/GetPosition", Permission(READ)),
    ("/hengji.monitoring.v1.PositionService/ListPositions", Permission(READ)),
    ("/hengji.monitoring.v1.PositionService/GetRollup", Permission(READ)),
    ("/hengji.monitoring.v1.PositionService/ListRollups", Permission(READ)),
    ("/hengji.monitoring.v1.PositionService/WatchRollups", Permission(READ)),
    ("/hengji.monitoring.v1.PositionService/ListIdleMoney", Permission(READ)),
    ("/hengji.monitoring.v1.PositionService/RefreshPositions", AnyOf(&[CORRECT, SUPERVISE])),
    ("/hengji.monitoring.v1.ReadingService/ImportReadings", Permission(REPORT)),
    ("/hengji.monitoring.v1.ReadingService/RecordReadings", Permission(REPORT)),
    ("/hengji.monitoring.v1.ReadingService/ListReadings", Permission(READ)),
    ("/hengji.monitoring.v1.ConditionService/CloseCondition", Permission(SUPERVISE)),
    ("/hengji.monitoring.v1.ConditionService/GetCondition", Permission(READ)),
    ("/hengji.monitoring.v1.ConditionService/ListConditions", Permission(READ)),
    ("/hengji.monitoring.v1.CorrectiveActionService/OpenCorrectiveAction", AnyOf(&[CORRECT, SUPERVISE])),
    ("/hengji.monitoring.v1.CorrectiveActionService/FileCorrectivePlan", Permission(REPORT)),
    ("/hengji.monitoring.v1.CorrectiveActionService/ReportCorrectiveProgress", Permission(REPORT)),
    ("/hengji.monitoring.v1.CorrectiveActionService/VerifyCorrectiveAction", AnyOf(&[CORRECT, SUPERVISE])),
    ("/hengji.monitoring.v1.CorrectiveActionService/ReopenCorrectiveAction", AnyOf(&[CORRECT, SUPERVISE])),
    ("/hengji.monitoring.v1.CorrectiveActionService/EscalateCorrectiveAction", AnyOf(&[CORRECT, SUPERVISE])),
    ("/hengji.monitoring.v1.CorrectiveActionService/GetCorrectiveAction", Permission(READ)),
    ("/hengji.monitoring.v1.CorrectiveActionService/ListCorrectiveActions", Permission(READ)),
    ("/hengji.monitoring.v1.BondService/CreateBond", Permission(ISSUE)),
    ("/hengji.monitoring.v1.BondService/ReviseBond", Permission(ISSUE)),
    ("/hengji.monitoring.v1.BondService/ReportBondIncome", Permission(REPORT)),
    ("/hengji.monitoring.v1.BondService/GetBond", Permission(READ)),
    ("/hengji.monitoring.v1.BondService/ListBonds", Permission(READ)),
    ("/hengji.monitoring.v1.RoundService/GetRoundCalendar", Permission(READ)),
    ("/hengji.monitoring.v1.RoundService/OpenRound", AnyOf(&[CORRECT, SUPERVISE])),
    ("/hengji.monitoring.v1.RoundService/CloseRound", AnyOf(&[CORRECT, SUPERVISE])),
    ("/hengji.monitoring.v1.RoundService/GetRound", Permission(READ)),
    ("/hengji.monitoring.v1.RoundService/ListRounds", Permission(READ)),
    ("/hengji.monitoring.v1.RoundService/GetRoundStatistics", Permission(READ)),
    ("/hengji.monitoring.v1.MonitoringFormService/FillMonitoringForm", Permission(REPORT)),
    ("/hengji.monitoring.v1.MonitoringFormService/ImportMonitoringForm", Permission(REPORT)),
    ("/hengji.monitoring.v1.MonitoringFormService/FileMonitoringForm", Permission(REPORT)),
    ("/hengji.monitoring.v1.MonitoringFormService/ReviewMonitoringForm", AnyOf(&[CORRECT, SUPERVISE])),
    ("/hengji.monitoring.v1.MonitoringFormService/GetMonitoringForm", Permission(READ)),
    ("/hengji.monitoring.v1.MonitoringFormService/ListMonitoringForms", Permission(READ)),
    ("/hengji.monitoring.v1.MonitoringFormService/ExportMonitoringForm", Permission(READ)),
    ("/hengji.monitoring.v1.SuspensionService/OrderSuspension", Permission(SUSPEND)),
    ("/hengji.monitoring.v1.SuspensionService/LiftSuspension", Permission(SUSPEND)),
    ("/hengji.monitoring.v1.SuspensionService/GetSuspension", Permission(READ)),
    ("/hengji.monitoring.v1.SuspensionService/ListSuspensions", Permission(READ)),
];
