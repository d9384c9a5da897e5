.Records[]
| select(
    (
      .readOnly == false
      and (
        .eventSource
        | IN(
            "lambda.amazonaws.com", "iam.amazonaws.com", "events.amazonaws.com",
            "cloudtrail.amazonaws.com"
          )
      )
    )
    or (
      .userIdentity.inScopeOf.issuerType == "AWS::Lambda::Function"
      and .eventSource != "logs.amazonaws.com"
    )
  )
