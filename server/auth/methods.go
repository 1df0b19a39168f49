package auth

import (
	"google.golang.org/grpc/health/grpc_health_v1"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// open is the need of methods that ask for no identity.
const open Role = 0

// methods says which roles open each method; one of them is enough. What is not here is refused.
//
// ListCheckers and GetRulebook tell names, digests, codes and weights, which every verdict tells as well, and no list: clients
// need them to print answers and to go on with a run under the same rulebook. What GetRulebook says about other tenants' calls and of
// files that could not be loaded is for Admin alone; the handler leaves it out for others.
var methods = map[string]Role{
	assayv1.ComplianceService_CheckSubmission_FullMethodName:        Check,
	assayv1.ComplianceService_BatchCheckSubmissions_FullMethodName:  Check,
	assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName: Check,
	assayv1.ComplianceService_AssessMerchant_FullMethodName:         Check,
	assayv1.ComplianceService_AssessAssortment_FullMethodName:       Check,
	assayv1.ComplianceService_ListCheckers_FullMethodName:           Check | Admin,
	assayv1.ComplianceService_GetRulebook_FullMethodName:            Check | Admin,

	// Probes have no credentials, and learn one bit.
	grpc_health_v1.Health_Check_FullMethodName: open,
	grpc_health_v1.Health_List_FullMethodName:  open,
	grpc_health_v1.Health_Watch_FullMethodName: open,

	// Served in development only; the contract it tells is public.
	reflectionv1.ServerReflection_ServerReflectionInfo_FullMethodName:      Check | Admin,
	reflectionv1alpha.ServerReflection_ServerReflectionInfo_FullMethodName: Check | Admin,
}

// Covers tells whether the table has an entry for a method, "/package.Service/Method".
func Covers(method string) bool {
	_, ok := methods[method]
	return ok
}
