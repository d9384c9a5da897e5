.Records[]
| select(
    .eventSource == "lambda.amazonaws.com"
    or .userIdentity.inScopeOf.issuerType == "AWS::Lambda::Function"
    or (
      .readOnly == false
      and (.eventSource | IN("iam.amazonaws.com", "events.amazonaws.com", "cloudtrail.amazonaws.com"))
    )
  )
