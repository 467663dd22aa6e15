//! The annual report: figures, the rows behind them, text and page.

use hengji_kernel::{Decimal, Money};
use hengji_proto::application::v1 as pb;
use hengji_proto::evaluation::v1::Coverage;
use hengji_rpc::Reason;
use hengji_testkit::{Rights, request_id};
use tonic::Code;

use crate::linkage::{TOTAL, applied};
use crate::people::{Stage, day, finance, neighbour, refused, stages, unit};
use crate::world::{YEAR, task_name};

fn create(report_id: &str) -> pb::CreateAnnualReportRequest {
    pb::CreateAnnualReportRequest {
        request_id: request_id(),
        parent: YEAR.into(),
        report_id: report_id.into(),
        title: "盐池县2021年<预算>绩效管理工作报告".into(),
        cut_off: day(2022, 3, 31),
        ..Default::default()
    }
}

/// After feedback, an explanation and an applied run.
async fn created(stage: &Stage) -> pb::AnnualReport {
    applied(stage).await;
    let feedback = pb::IssueFeedbackRequest {
        request_id: request_id(),
        task: task_name("F-P001"),
        feedback_id: "F1".into(),
        due_date: day(2022, 6, 30),
        ..Default::default()
    };
    stage.feedback().issue_feedback(stage.bench.by(&finance(), feedback)).await.expect("issued");
    let explanation = pb::RequireExplanationRequest {
        request_id: request_id(),
        task: task_name("F-P001"),
        ..Default::default()
    };
    stage
        .explanations()
        .require_explanation(stage.bench.by(&finance(), explanation))
        .await
        .expect("required");
    let answer = stage.reports().create_annual_report(stage.bench.by(&finance(), create("R1"))).await;
    answer.expect("created").into_inner().report.expect("a report")
}

fn figure<'a>(report: &'a pb::AnnualReport, id: &str) -> &'a pb::Figure {
    report.figures.iter().find(|figure| figure.figure_id == id).unwrap_or_else(|| panic!("no figure {id}"))
}

fn value(report: &pb::AnnualReport, id: &str) -> String {
    figure(report, id).value.as_ref().map(|value| value.value.clone()).unwrap_or_default()
}

async fn rows(stage: &Stage, report: &str, figure: &str) -> Vec<pb::FigureRow> {
    let (mut rows, mut page_token) = (vec![], String::new());
    loop {
        let request = pb::ListFigureRowsRequest {
            report: report.into(),
            figure_id: figure.into(),
            page_size: 4,
            page_token,
        };
        let page = stage.reports().list_figure_rows(stage.bench.by(&finance(), request)).await;
        let page = page.expect("rows").into_inner();
        rows.extend(page.rows);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return rows;
        }
    }
}

#[tokio::test]
async fn every_number_of_the_seed_report_is_a_figure_with_its_rows() {
    for stage in stages().await {
        let report = created(&stage).await;
        for (id, expected) in [
            ("targets.approved.count", "12"),
            ("additions.amount_yuan", "5000.00"),
            ("ex_ante.count", "2"),
            ("ex_ante.excellent.count", "1"),
            ("monitoring.project_count", "12"),
            ("monitoring.amount_yuan", "2150000.90"),
            ("monitoring.result_red.count", "1"),
            ("payments.executed_yuan", "6000.00"),
            ("payments.rate_percent", "0.28"),
            ("self_evaluation.expected.count", "12"),
            ("self_evaluation.coverage_percent", "16.67"),
            ("self_evaluation.missing.count", "10"),
            ("key_evaluation.count", "10"),
            ("key_evaluation.fair.count", "9"),
            ("key_evaluation.fair.share_percent", "90.00"),
            ("key_evaluation.poor.share_percent", "0.00"),
            ("department_overall.count", "3"),
            ("department_overall.amount_yuan", "3000000.00"),
            ("department_overall.good.count", "2"),
            ("social_insurance_fund.amount_yuan", "900000.00"),
            ("social_insurance_fund.excellent.count", "1"),
            ("linkage.cut", "9"),
            ("linkage.cut_total", TOTAL),
            ("rectifications.issued.count", "2"),
            ("holds.standing.count", "1"),
            ("explanations.required.count", "1"),
            ("institutions.admitted.count", "1"),
        ] {
            assert_eq!(value(&report, id), expected, "{id}");
        }
        for noted in ["linkage.cut_total", "key_evaluation.count", "self_evaluation.amount_coverage_percent"]
        {
            assert_eq!(figure(&report, noted).note, "含示意数", "{noted}");
        }
        assert_eq!(figure(&report, "department_overall.amount_yuan").note, "含示意数");
        assert_eq!(stage.world.facts().days.len(), 12);
        assert!(
            stage.world.facts().days.iter().all(|day| day == "2022-3-31"),
            "positions are those of the cut-off"
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn the_rows_of_every_figure_make_the_figure() {
    for stage in stages().await {
        let report = created(&stage).await;
        for one in &report.figures {
            let rows = rows(&stage, &report.name, &one.figure_id).await;
            assert_eq!(rows.len(), usize::try_from(one.row_count).unwrap(), "{}", one.figure_id);
            assert!(rows.is_sorted_by(|a, b| a.subject <= b.subject), "{}", one.figure_id);
            let amounts = rows.iter().filter_map(|row| row.value.as_ref());
            let sum: Money = amounts.map(|value| value.value.parse::<Money>().unwrap()).sum();
            match one.unit.as_str() {
                "个" => {
                    assert_eq!(value(&report, &one.figure_id), rows.len().to_string(), "{}", one.figure_id);
                }
                "元" => assert_eq!(value(&report, &one.figure_id), sum.to_string(), "{}", one.figure_id),
                _ => assert!(value(&report, &one.figure_id).parse::<Decimal>().is_ok(), "{}", one.figure_id),
            }
        }
        let cuts = rows(&stage, &report.name, "linkage.cut_total").await;
        assert_eq!(cuts.len(), 9);
        assert_eq!((cuts[0].title.as_str(), cuts[0].detail.as_str()), ("“移风易俗”工作经费", "核减"));
        assert_eq!((cuts[0].unit.as_str(), cuts[0].note.as_str()), ("219001", "示意数"));
        stage.close().await;
    }
}

#[tokio::test]
async fn the_report_reads_as_text_and_as_an_escaped_page_and_is_published() {
    for stage in stages().await {
        let report = created(&stage).await;
        let mut client = stage.reports();
        let render = |format: pb::ReportFormat| {
            let request = pb::RenderAnnualReportRequest { name: report.name.clone(), format: format.into() };
            stage.bench.by(&unit_of_region(), request)
        };
        let text = client.render_annual_report(render(pb::ReportFormat::Text)).await.unwrap().into_inner();
        assert_eq!(text.media_type, "text/plain; charset=utf-8");
        assert_eq!(text.content, report.text);
        for shown in [
            "一、2021 年预算绩效管理工作情况",
            "（一）事前",
            "评价结论为优、良、中、差的分别有 1 个、0 个、9 个、0 个，占比分别为 10.00%、0.00%、90.00%、0.00%",
            "县团委（优）、县农经站（良）、县统计局（良）",
            "“移风易俗”工作经费核减 0.08 万元※",
            "共 9 项，合计调减 2.28 万元※",
            "按金额覆盖率 37.12%※",
            "二、存在的问题",
            "三、下一步工作",
        ] {
            assert!(text.content.contains(shown), "{shown} in {}", text.content);
        }
        let page = client.render_annual_report(render(pb::ReportFormat::Html)).await.unwrap().into_inner();
        assert_eq!(page.media_type, "text/html; charset=utf-8");
        assert!(page.content.contains("&lt;b&gt;特色小城镇&lt;&#x2f;b&gt;&amp;建设项目"), "{}", page.content);
        assert!(!page.content.contains("<b>") && !page.content.contains("<预算>"));

        let publish = pb::PublishDisclosureRequest {
            request_id: request_id(),
            parent: YEAR.into(),
            disclosure_id: "D1".into(),
            kind: pb::DisclosureKind::AnnualReport.into(),
            subject: report.name.clone(),
            title: "年度报告".into(),
            ..Default::default()
        };
        // published by whoever may both publish and read it
        let answer =
            stage.disclosures().publish_disclosure(stage.bench.by(&finance(), publish)).await.unwrap();
        assert_eq!(answer.into_inner().disclosure.unwrap().text, report.text);
        stage.close().await;
    }
}

fn unit_of_region() -> Rights {
    Rights::of("auditor").may(&["application.read"], "640323000")
}

#[tokio::test]
async fn refuses_a_report_that_does_not_tie_out() {
    for stage in stages().await {
        let coverage = Coverage { expected: 12, evaluated: 3, ..Default::default() };
        stage.world.facts().coverage = Some(coverage);
        let mut client = stage.reports();
        let answer = client.create_annual_report(stage.bench.by(&finance(), create("R1"))).await;
        let message = refused(answer, Code::FailedPrecondition, Reason::TotalsDiffer);
        assert!(message.contains("应为 3，实为 2"), "{message}");
        let get = pb::GetAnnualReportRequest { name: format!("{YEAR}/annualReports/R1") };
        let answer = client.get_annual_report(stage.bench.by(&finance(), get)).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_a_wrong_cut_off_a_taken_name_and_callers_out_of_reach() {
    for stage in stages().await {
        let mut client = stage.reports();
        for cut_off in [day(2026, 7, 1), day(2020, 12, 31)] {
            let request = pb::CreateAnnualReportRequest { cut_off, ..create("R1") };
            let answer = client.create_annual_report(stage.bench.by(&finance(), request)).await;
            let message = refused(answer, Code::InvalidArgument, Reason::FieldInvalid);
            assert!(message.starts_with("cut_off"), "{message}");
        }
        let part = Rights::of("part").may(&["application.report"], "640323000");
        let answer = client.create_annual_report(stage.bench.by(&part, create("R1"))).await;
        refused(answer, Code::PermissionDenied, Reason::PermissionMissing);
        let answer = client.create_annual_report(stage.bench.by(&neighbour(), create("R1"))).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        let dry = pb::CreateAnnualReportRequest { validate_only: true, ..create("R1") };
        client.create_annual_report(stage.bench.by(&finance(), dry)).await.unwrap();
        let request = create("R1");
        let first = client.create_annual_report(stage.bench.by(&finance(), request.clone())).await.unwrap();
        let repeat = client.create_annual_report(stage.bench.by(&finance(), request)).await.unwrap();
        let report = first.into_inner();
        assert_eq!(repeat.into_inner(), report);
        let answer = client.create_annual_report(stage.bench.by(&finance(), create("R1"))).await;
        refused(answer, Code::AlreadyExists, Reason::AlreadyExists);

        let name = report.report.unwrap().name;
        let unknown =
            pb::ListFigureRowsRequest { report: name.clone(), figure_id: "x".into(), ..Default::default() };
        let answer = client.list_figure_rows(stage.bench.by(&finance(), unknown)).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        let get = pb::GetAnnualReportRequest { name };
        let answer = client.get_annual_report(stage.bench.by(&unit(), get)).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        let list = pb::ListAnnualReportsRequest { region: "640323000".into(), ..Default::default() };
        let seen = client.list_annual_reports(stage.bench.by(&finance(), list)).await.unwrap().into_inner();
        assert_eq!(seen.reports.len(), 1);
        stage.close().await;
    }
}
