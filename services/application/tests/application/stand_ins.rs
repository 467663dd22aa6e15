//! The generated service traits, answered from a [`World`].

use async_trait::async_trait;
use hengji_proto::catalog::v1::rule_pack_service_server::{RulePackService, RulePackServiceServer};
use hengji_proto::evaluation::v1::evaluation_service_server::{EvaluationService, EvaluationServiceServer};
use hengji_proto::evaluation::v1::institution_service_server::{
    InstitutionService, InstitutionServiceServer,
};
use hengji_proto::monitoring::v1::position_service_server::{PositionService, PositionServiceServer};
use hengji_proto::targets::v1::addition_service_server::{AdditionService, AdditionServiceServer};
use hengji_proto::targets::v1::ex_ante_service_server::{ExAnteService, ExAnteServiceServer};
use hengji_proto::targets::v1::hold_service_server::{HoldService, HoldServiceServer};
use hengji_proto::targets::v1::project_service_server::{ProjectService, ProjectServiceServer};
use hengji_proto::targets::v1::publication_service_server::{PublicationService, PublicationServiceServer};
use hengji_proto::targets::v1::target_service_server::{TargetService, TargetServiceServer};
use hengji_proto::{catalog, evaluation, monitoring, targets};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::world::World;

macro_rules! stand_in {
    ($package:ident: $service:ident {
        $($asked:ident($request:ident) -> $response:ident;)*
    }) => {
        #[async_trait]
        impl $service for World {
            $(async fn $asked(
                &self,
                request: Request<$package::v1::$request>,
            ) -> Result<Response<$package::v1::$response>, Status> {
                World::$asked(self, request.into_inner()).map(Response::new)
            })*
        }
    };
}

stand_in!(evaluation: EvaluationService {
    get_evaluation_task(GetEvaluationTaskRequest) -> GetEvaluationTaskResponse;
    list_evaluation_tasks(ListEvaluationTasksRequest) -> ListEvaluationTasksResponse;
    get_coverage(GetCoverageRequest) -> GetCoverageResponse;
});

stand_in!(evaluation: InstitutionService {
    list_institutions(ListInstitutionsRequest) -> ListInstitutionsResponse;
});

stand_in!(monitoring: PositionService {
    get_position(GetPositionRequest) -> GetPositionResponse;
    list_positions(ListPositionsRequest) -> ListPositionsResponse;
});

stand_in!(targets: ProjectService {
    list_projects(ListProjectsRequest) -> ListProjectsResponse;
});

stand_in!(targets: TargetService {
    get_target(GetTargetRequest) -> GetTargetResponse;
});

stand_in!(targets: PublicationService {
    get_published_target(GetPublishedTargetRequest) -> GetPublishedTargetResponse;
    list_published_targets(ListPublishedTargetsRequest) -> ListPublishedTargetsResponse;
});

stand_in!(targets: AdditionService {
    list_additions(ListAdditionsRequest) -> ListAdditionsResponse;
});

stand_in!(targets: ExAnteService {
    list_ex_ante_assessments(ListExAnteAssessmentsRequest) -> ListExAnteAssessmentsResponse;
});

stand_in!(targets: HoldService {
    place_hold(PlaceHoldRequest) -> PlaceHoldResponse;
    release_hold(ReleaseHoldRequest) -> ReleaseHoldResponse;
    list_holds(ListHoldsRequest) -> ListHoldsResponse;
});

stand_in!(catalog: RulePackService {
    get_effective_rule_pack(GetEffectiveRulePackRequest) -> GetEffectiveRulePackResponse;
});

/// The four services this one asks.
pub fn peers(world: &World) -> Vec<(&'static str, Routes)> {
    let targets = Routes::new(ProjectServiceServer::new(world.clone()))
        .add_service(TargetServiceServer::new(world.clone()))
        .add_service(PublicationServiceServer::new(world.clone()))
        .add_service(AdditionServiceServer::new(world.clone()))
        .add_service(ExAnteServiceServer::new(world.clone()))
        .add_service(HoldServiceServer::new(world.clone()));
    let evaluation = Routes::new(EvaluationServiceServer::new(world.clone()))
        .add_service(InstitutionServiceServer::new(world.clone()));
    vec![
        ("catalog", Routes::new(RulePackServiceServer::new(world.clone()))),
        ("targets", targets),
        ("monitoring", Routes::new(PositionServiceServer::new(world.clone()))),
        ("evaluation", evaluation),
    ]
}
