-- targets with what is asked of their projects, to be listed: with the last day of the open review step
drop view listed_target;
create view listed_target as
    select target.name, target.version, target.body, target.created_at, target.updated_at, target.region, target.unit,
        target.year, target.object_kind, target.object, target.state, target.review_due, project.fund_kind, project.marks
    from target left join project on project.name = target.object;
