-- what is asked of the projects behind other records, to be listed by kind of fund and by mark
create view listed_addition as
    select addition.name, addition.version, addition.body, addition.created_at, addition.updated_at, addition.region,
        addition.unit, addition.year, addition.project, addition.state, project.fund_kind, project.marks
    from addition left join project on project.name = addition.project;
create view listed_reduction as
    select reduction.name, reduction.version, reduction.body, reduction.created_at, reduction.updated_at, reduction.region,
        reduction.unit, reduction.year, reduction.project, reduction.state, project.fund_kind, project.marks
    from reduction left join project on project.name = reduction.project;
create view listed_assessment as
    select assessment.name, assessment.version, assessment.body, assessment.created_at, assessment.updated_at,
        assessment.region, assessment.unit, assessment.year, assessment.project, assessment.state, assessment.grade,
        project.fund_kind, project.marks
    from ex_ante_assessment assessment left join project on project.name = assessment.project;
create view listed_target as
    select target.name, target.version, target.body, target.created_at, target.updated_at, target.region, target.unit,
        target.year, target.object_kind, target.object, target.state, target.approved_version, target.review_due,
        project.fund_kind, project.marks
    from target left join project on project.name = target.object;

-- a hold stands on a project code in every year: the kinds of fund and the marks of all of them, between blanks
create view listed_hold as
    select hold.name, hold.version, hold.body, hold.created_at, hold.updated_at, hold.region, hold.unit, hold.year,
        hold.project_code, hold.state,
        (select group_concat(' ' || project.fund_kind || ' ', '') from project
            where project.region = hold.region and project.code = hold.project_code) as fund_kinds,
        (select group_concat(project.marks, '') from project
            where project.region = hold.region and project.code = hold.project_code) as marks
    from hold;

-- a control figure is of all projects of its department and year
create view listed_control_figure as
    select figure.name, figure.version, figure.body, figure.created_at, figure.updated_at, figure.region, figure.unit,
        figure.year,
        (select group_concat(' ' || project.fund_kind || ' ', '') from project
            where project.region = figure.region and project.year = figure.year
                and project.unit >= figure.unit and project.unit < figure.unit || ':') as fund_kinds,
        (select group_concat(project.marks, '') from project
            where project.region = figure.region and project.year = figure.year
                and project.unit >= figure.unit and project.unit < figure.unit || ':') as marks
    from control_figure figure;
